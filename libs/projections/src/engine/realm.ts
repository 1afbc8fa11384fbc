import vm from 'node:vm'
import { messageOf, ProjectionFault } from './fault.js'

/** A realm of its own for one projection's text: plain ECMAScript, no modules, no timers, no eval. */
export interface Realm {
  readonly globals: Record<string, unknown>
  readonly parse: (json: string) => unknown
  /** Runs the text as a script. @throws ProjectionFault when it does not parse or throws. @throws RealmTimeout as `run` does. */
  runScript(source: string, filename: string, limit: Limit): void
  /** Runs host code that calls into the realm. @throws RealmTimeout when it takes longer than the limit; the realm is then spent. */
  run(step: () => void, limit: Limit): void
}

/** `wallMs` of waiting at most, of which `cpuMs` of work are too much. */
export interface Limit {
  readonly cpuMs: number
  readonly wallMs: number
}

/** Code in a realm was cut off in mid-run: nothing in that realm can be relied on any more. */
export class RealmTimeout extends Error {
  override readonly name = 'RealmTimeout'
  /** It waited for a busy machine rather than worked: that says nothing against the projection's text. */
  readonly stalled: boolean

  constructor({ cpuMs }: Limit, workedMs: number) {
    super(`took more than ${cpuMs} ms`)
    this.stalled = workedMs < cpuMs * 0.8
  }
}

/** Tries again, with more time on the clock, as long as the machine was too busy to let the attempt have its share. */
export const patiently = <T>(cpuMs: number, attempt: (limit: Limit) => T): T => {
  for (let wallMs = cpuMs; ; wallMs *= 2) {
    try {
      return attempt({ cpuMs, wallMs })
    } catch (thrown) {
      if (!(thrown instanceof RealmTimeout && thrown.stalled)) throw thrown
    }
  }
}

const hook = Symbol.for('room-ledger.projection.step')
const callHook = new vm.Script("globalThis[Symbol.for('room-ledger.projection.step')]()")

/** What a browser-less JavaScript engine of EventStoreDB's kind does not have either. */
const unknownToProjections = ['console', 'WebAssembly', 'SharedArrayBuffer', 'Atomics']

export const createRealm = (): Realm => {
  const context = vm.createContext(vm.constants.DONT_CONTEXTIFY, { codeGeneration: { strings: false, wasm: false } })
  const globals = vm.runInContext('globalThis', context) as Record<string | symbol, unknown>
  for (const name of unknownToProjections) delete globals[name]
  const parse = vm.runInContext('JSON.parse', context) as Realm['parse']

  return {
    globals: globals as Record<string, unknown>,
    parse: (json) => parse(json),
    runScript: (source, filename, limit) => {
      try {
        const script = new vm.Script(source, { filename })
        within(limit, () => script.runInContext(context, { timeout: limit.wallMs }))
      } catch (thrown) {
        throw thrown instanceof RealmTimeout ? thrown : new ProjectionFault(messageOf(thrown))
      }
    },
    run: (step, limit) => {
      globals[hook] = step
      try {
        within(limit, () => callHook.runInContext(context, { timeout: limit.wallMs }))
      } finally {
        delete globals[hook]
      }
    },
  }
}

const within = (limit: Limit, run: () => void): void => {
  const before = process.threadCpuUsage()
  try {
    run()
  } catch (thrown) {
    if (!isTimeout(thrown)) throw thrown
    const { user, system } = process.threadCpuUsage(before)
    throw new RealmTimeout(limit, (user + system) / 1000)
  }
}

const isTimeout = (thrown: unknown): boolean => (thrown as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
