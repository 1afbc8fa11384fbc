import type { EventEmitter } from 'node:events'

/** Calls of the streams service, by the name of the method. */
export interface Calls {
  made(method: string): number
  /** How many are still being answered. */
  open(method: string): number
}

export interface CallCounter extends Calls {
  /** The same handler, counted. */
  counted<Handler extends (call: never, ...rest: never[]) => unknown>(method: string, handle: Handler): Handler
}

/** Tells tests by which way a client came, and whether it left calls behind. */
export const countCalls = (): CallCounter => {
  const made = new Map<string, number>()
  const open = new Map<string, Set<EventEmitter>>()
  const enter = (method: string, call: EventEmitter) => {
    const calls = open.get(method) ?? new Set()
    open.set(method, calls.add(call))
    made.set(method, (made.get(method) ?? 0) + 1)
    for (const end of ['cancelled', 'close', 'finish', 'error']) call.once(end, () => void calls.delete(call))
  }
  return {
    made: (method) => made.get(method) ?? 0,
    open: (method) => open.get(method)?.size ?? 0,
    counted: (method, handle) =>
      ((call: never, ...rest: never[]) => {
        enter(method, call)
        return handle(call, ...rest)
      }) as typeof handle,
  }
}
