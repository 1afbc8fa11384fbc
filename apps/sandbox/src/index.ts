export type { Delivery } from './callbacks/sender.js'
export { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.js'
export { defaultSettings, readSettings, SANDBOX_SECRET_KEY, type SandboxSettings } from './settings.js'
