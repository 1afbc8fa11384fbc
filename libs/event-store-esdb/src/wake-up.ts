import type { Connection } from './connection.js'
import { drain } from './drain.js'
import { faultOf } from './fault.js'
import { listenToLog } from './filtered-read.js'
import { pause } from './retry.js'

/** Says when there may be something new in the log. It carries no events, so nothing is lost when it is interrupted. */
export interface WakeUp {
  /** How often it rang. Read it before looking at the log, and wait for the next ring from there. */
  readonly rings: number
  /** Returns when it has rung more often than that, or when it is told to end. */
  after(rings: number, ended: AbortSignal): Promise<void>
}

/**
 * One live subscription for all in the process who follow the same streams: it rings, and they read by position. So it
 * does not matter that the server drops subscribers that fall behind, or that they never come back by themselves.
 */
export const createWakeUps = (connection: Connection, log: (message: string) => void) => {
  const bells = new Map<string, WakeUp>()
  return {
    of: (prefixes?: readonly string[]): WakeUp => {
      const key = JSON.stringify(prefixes?.toSorted() ?? null)
      const bell = bells.get(key) ?? createWakeUp(connection, log, prefixes)
      bells.set(key, bell)
      return bell
    },
  }
}

const createWakeUp = (connection: Connection, log: (message: string) => void, prefixes?: readonly string[]): WakeUp => {
  const { closing } = connection
  const waiting = new Set<() => void>()
  let rings = 0
  let running = false
  const ring = () => {
    rings += 1
    for (const wake of waiting) wake()
  }
  // No prefix at all, or an empty one: every stream but the system's.
  const all = !prefixes?.length || prefixes.includes('')
  const open = () => listenToLog(connection.client, all ? undefined : prefixes)

  const listen = async (): Promise<void> => {
    for (let failures = 0; !closing.aborted; failures += 1) {
      try {
        // The first message is that it listens: what came between two subscriptions was told to nobody.
        for await (const _ of drain<true>(open, closing)) {
          failures = 0
          ring()
        }
      } catch (error) {
        if (closing.aborted) return
        if (failures === 0)
          log(`EventStoreDB: the live subscription was dropped (${error instanceof Error ? error.name : 'unknown'}), it is made anew`)
        if (faultOf(error) === 'stuck') connection.renew()
      }
      ring()
      await pause(failures, closing)
    }
  }

  const start = () => {
    if (running) return
    running = true
    void listen().finally(() => (running = false))
  }

  return {
    get rings() {
      return rings
    },
    after: (seen, ended) =>
      new Promise((resolve) => {
        const wake = () => {
          if (rings === seen && !ended.aborted) return
          waiting.delete(wake)
          ended.removeEventListener('abort', wake)
          resolve()
        }
        waiting.add(wake)
        ended.addEventListener('abort', wake)
        start()
        wake()
      }),
  }
}
