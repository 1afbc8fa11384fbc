/** The vendor's wire: what both a client of the vendor and a stand-in for it must agree on. */
export * from './callback-sign.js'
export * from './callbacks.js'
export * from './commands.js'
export * from './error-codes.js'
export * from './json.js'
export * from './limits.js'
export * from './requests.js'
export * from './user-sig.js'
