export type * from './event.js'
export type * from './event-store.js'
export { StoreUnavailable } from './event-store.js'
