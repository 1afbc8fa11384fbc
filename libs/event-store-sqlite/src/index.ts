export type { RefusalReason } from './refused.js'
export { StoreFileRefused } from './refused.js'
export type { SqliteEventStoreOptions } from './sqlite-event-store.js'
export { openSqliteEventStore } from './sqlite-event-store.js'
