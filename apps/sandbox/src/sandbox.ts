import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { sentCommands } from './callbacks/bodies.js'
import { createCallbackSender, type Delivery } from './callbacks/sender.js'
import type { CallbackTarget } from './callbacks/target.js'
import { controlRoutes } from './control-routes.js'
import { createFaults } from './control/faults.js'
import { defaultTimers } from './control/timers.js'
import { createRateLimit } from './rate-limit.js'
import { createAutoDestroy } from './rooms/auto-destroy.js'
import { createRoomStore } from './rooms/room-store.js'
import type { World } from './rooms/world.js'
import { defaultSettings, type SandboxSettings } from './settings.js'
import { createStateFile, readState } from './state-file.js'
import { vendorRoutes } from './vendor-routes.js'

/** The settings, and what only a test has reason to change. */
export interface SandboxOptions extends Partial<SandboxSettings> {
  /** The clock, Unix ms. */
  readonly now?: () => number
  /** Calls of one API a second. Default 200. */
  readonly rateLimit?: number
  /** Pause between two creates of one room id in ms. Default 1000. */
  readonly createIntervalMs?: number
  /** How long a call that a fault leaves unanswered is kept open, in ms. Default 30000. */
  readonly hangMs?: number
  /** Time for the answer to a callback in ms. Default 2000. */
  readonly callbackTimeoutMs?: number
}

export interface Sandbox {
  /** Starts to listen; port 0 = any free one. @returns the address, such as `http://127.0.0.1:3001` */
  listen(port?: number, host?: string): Promise<string>
  /** The address. @throws before `listen` */
  readonly url: string
  /** Sends callbacks there from now on: every command, signed if there is a token. */
  setCallback(url: string, token?: string): void
  /** Resolves when no callback is on its way any more. */
  idle(): Promise<void>
  /** What became of the latest callbacks, oldest first. */
  deliveries(): readonly Delivery[]
  /** Ends at once: open calls are cut, callbacks on their way are lost, the state is written. */
  close(): Promise<void>
}

/** Builds a sandbox; nothing listens before `listen`. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const settings: SandboxSettings = { ...defaultSettings, ...definedOnly(options) }
  const now = options.now ?? Date.now
  const kept = settings.stateFile === undefined ? undefined : readState(settings.stateFile)

  const target: CallbackTarget = kept ? { ...kept.callbacks } : { commands: sentCommands, tokenEnabled: false }
  const setCallback = (url: string, token?: string) =>
    void Object.assign(target, { url, commands: sentCommands, token, tokenEnabled: token !== undefined })
  // An address from outside wins over the kept one: after a restart the service may listen elsewhere.
  if (settings.callbackUrl !== undefined) setCallback(settings.callbackUrl, settings.callbackToken)

  let timers = kept?.timers ?? defaultTimers
  const faults = createFaults()
  const sender = createCallbackSender({ target, faults, sdkAppId: settings.sdkAppId, now, timeoutMs: options.callbackTimeoutMs ?? 2000 })
  const rooms = createRoomStore(now, kept?.rooms)
  const world: World = {
    rooms,
    adminAccounts: settings.adminAccounts,
    importedAccounts: settings.importedAccounts,
    createIntervalMs: options.createIntervalMs ?? 1000,
    now,
    tell: sender.send,
  }
  const file =
    settings.stateFile === undefined
      ? undefined
      : createStateFile(settings.stateFile, () => ({
          version: 1,
          rooms: [...rooms.destroyed(), ...rooms.living()],
          timers,
          callbacks: target,
        }))
  const autoDestroy = createAutoDestroy(
    world,
    () => timers,
    () => file?.changed(),
  )
  const changed = () => {
    file?.changed()
    autoDestroy.look()
  }

  // Calls that a fault left hanging must not hold up the end.
  const app: FastifyInstance = Fastify({ forceCloseConnections: true })
  const rateLimit = createRateLimit(now, options.rateLimit ?? 200)
  vendorRoutes(app, { settings, world, target, faults, rateLimit, hangMs: options.hangMs ?? 30_000, changed })
  controlRoutes(app, {
    world,
    faults,
    sender,
    changed,
    timers: () => timers,
    setTimers: (next) => void (timers = next),
  })
  autoDestroy.look()

  const address = () => {
    const bound = app.server.address() as AddressInfo | null
    if (!bound) throw new Error('the sandbox does not listen yet')
    return `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`
  }

  return {
    async listen(port = settings.port, host = settings.host) {
      await app.listen({ port, host })
      return address()
    },
    get url() {
      return address()
    },
    setCallback,
    idle: () => sender.idle(),
    deliveries: () => sender.deliveries(),
    async close() {
      autoDestroy.stop()
      await Promise.all([app.close(), sender.close()])
      file?.flush()
    },
  }
}

/** An option given as undefined counts as not given. */
function definedOnly(options: SandboxOptions): SandboxOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
