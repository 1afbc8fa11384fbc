import vm from 'node:vm'
import { messageOf, ProjectionFault } from './fault.js'

/** A realm of its own for one projection's text: plain ECMAScript, no modules, no timers, no eval. */
export interface Realm {
  readonly globals: Record<string, unknown>
  readonly parse: (json: string) => unknown
  /** Runs the text as a script. @throws ProjectionFault when it does not parse, throws, or takes longer than `limitMs`. */
  runScript(source: string, name: string, limitMs: number): void
  /** Runs host code that calls into the realm. @throws RealmTimeout when it takes longer than `limitMs`; the realm is then spent. */
  run(step: () => void, limitMs: number): void
}

/** Code in a realm was cut off in mid-run: nothing in that realm can be relied on any more. */
export class RealmTimeout extends Error {
  override readonly name = 'RealmTimeout'
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
    runScript: (source, name, limitMs) => {
      try {
        new vm.Script(source, { filename: `${name}.js` }).runInContext(context, { timeout: limitMs })
      } catch (thrown) {
        throw new ProjectionFault(isTimeout(thrown) ? `the script took more than ${limitMs} ms to compile` : messageOf(thrown))
      }
    },
    run: (step, limitMs) => {
      globals[hook] = step
      try {
        callHook.runInContext(context, { timeout: limitMs })
      } catch (thrown) {
        throw isTimeout(thrown) ? new RealmTimeout(`took more than ${limitMs} ms`) : thrown
      } finally {
        delete globals[hook]
      }
    },
  }
}

const isTimeout = (thrown: unknown): boolean => (thrown as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
