/** The vendor's Live engine: calling it, and understanding what it calls back. */
export { createLiveEngine, type LiveEngine, type LiveEngineSettings, type VendorCallResult, type VendorRoom } from './client/live-engine.js'
export type { VendorFailure, VendorResult } from './client/call.js'
export * from './problem-for-code.js'
export type { SettableInfo } from './room-info.js'
export * from './translate/translate-callback.js'
export * from './wire/index.js'
