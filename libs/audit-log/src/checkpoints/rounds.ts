import { setTimeout as pause } from 'node:timers/promises'
import { messageOf } from '#event-store'

export interface RoundsParts {
  readonly intervalMs: number
  /** Never fails. @returns milliseconds to the next one */
  readonly round: () => Promise<number>
  /** Before the end. */
  readonly lastRound: () => Promise<void>
  readonly log: (message: string) => void
}

/** The end of the service waits no longer for it: ten seconds are promised for all. */
const longestEndMs = 3_000
const shortestPauseMs = 50

/** Does something again and again, and once more at the end. */
export const createRounds = ({ intervalMs, round, lastRound, log }: RoundsParts) => {
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const waitMs = Math.min(intervalMs, Math.max(shortestPauseMs, await round()))
      await pause(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const end = async (): Promise<void> => {
    await running
    await lastRound().catch((error: unknown) => log(`no last checkpoint (${messageOf(error)})`))
  }
  return {
    start: (): void => void (running ??= run()),
    stop: async (): Promise<void> => {
      if (!running || stopping.signal.aborted) return
      stopping.abort()
      const enough = new AbortController()
      await Promise.race([end(), pause(longestEndMs, undefined, { signal: enough.signal }).catch(() => undefined)])
      enough.abort()
    },
  }
}
