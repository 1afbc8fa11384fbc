export type { EsdbEventStoreOptions } from './esdb-event-store.js'
export { openEsdbEventStore } from './esdb-event-store.js'
export { ConnectionStringRefused } from './connection.js'
