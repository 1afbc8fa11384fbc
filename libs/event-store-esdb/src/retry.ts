import { setTimeout as delay } from 'node:timers/promises'
import { StoreUnavailable } from '#event-store'
import { asPortError, faultOf } from './fault.js'
import type { Connection } from './connection.js'

/** Milliseconds. */
const firstPause = 20
const longestPause = 1_000

/** Waits before the next try: twice as long each time, anywhere in the upper half, so that many callers do not come back at once. */
export const pause = async (failures: number, signal: AbortSignal): Promise<void> => {
  const most = Math.min(longestPause, firstPause * 2 ** Math.min(failures, 10))
  await delay(most * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined)
}

export const closedError = (): StoreUnavailable => new StoreUnavailable('EventStoreDB store: it was closed')

/** Decides after each failure: waits and returns when there is patience left for another try, throws otherwise. */
export interface Retrying {
  /** @throws what the port promises */
  failed(error: unknown): Promise<void>
  /** Something came through: patience starts anew. */
  progressed(): void
}

/** @param patience milliseconds without success after which it is given up */
export const createRetrying = (connection: Connection, patience: number): Retrying => {
  let since = performance.now()
  let failures = 0
  return {
    failed: async (error) => {
      const { closing } = connection
      if (closing.aborted) throw closedError()
      const fault = faultOf(error)
      if (fault !== 'away' && fault !== 'stuck') throw asPortError(error)
      if (fault === 'stuck') connection.renew()
      if (performance.now() - since > patience) throw asPortError(error)
      failures += 1
      await pause(failures, closing)
      if (closing.aborted) throw closedError()
    },
    progressed: () => {
      since = performance.now()
      failures = 0
    },
  }
}
