import { setImmediate as nextRound, setTimeout as pause } from 'node:timers/promises'
import type { CaughtUp, EventStore } from './event-store.js'
import type { RecordedEvent } from './event.js'
import { messageOf } from './derived-file.js'
import { inBatches } from './in-batches.js'

export interface FollowParts {
  readonly store: EventStore
  readonly prefixes: readonly string[]
  readonly batchSize: number
  /** Milliseconds of rest after a batch that was not full, so that the next one is worth its transaction. */
  readonly restMs: number
  /** Mends what the attempt before has left behind. */
  readonly prepare: () => void
  /** Where to read on. */
  readonly position: () => bigint
  readonly take: (events: readonly RecordedEvent[]) => Promise<void>
  readonly caughtUp: (position: bigint) => void
  /** Something failed: what was not taken in will be read again. */
  readonly failed: (error: unknown) => void
  readonly log: (message: string) => void
}

const firstRetryMs = 200
const longestRetryMs = 10_000

/** Keeps the index at the end of the log; a store that is away is asked again, less and less often. */
export const keepFollowing = async (parts: FollowParts, stopped: AbortSignal): Promise<void> => {
  let waitMs = firstRetryMs
  while (!stopped.aborted) {
    const attempt = new AbortController()
    const before = parts.position()
    try {
      parts.prepare()
      await follow(parts, AbortSignal.any([stopped, attempt.signal]))
      if (!stopped.aborted) throw new Error('the store ended the subscription')
    } catch (error) {
      // Whatever went wrong, this subscription is not to go on reading beside the next one.
      attempt.abort()
      if (stopped.aborted) return
      parts.failed(error)
      if (parts.position() !== before) waitMs = firstRetryMs
      parts.log(`reading the log failed (${messageOf(error)}); it is read on from ${parts.position()} in ${waitMs} ms`)
      await pause(waitMs, undefined, { signal: stopped }).catch(() => undefined)
      waitMs = Math.min(longestRetryMs, waitMs * 2)
    }
  }
}

const follow = async (
  { store, prefixes, batchSize, restMs, position, take, caughtUp }: FollowParts,
  signal: AbortSignal,
): Promise<void> => {
  const items = store.subscribe({ after: position(), prefixes, signal })
  for await (const batch of inBatches<RecordedEvent | CaughtUp>(items, batchSize)) {
    if (signal.aborted) return
    const events = batch.filter((item): item is RecordedEvent => !('caughtUp' in item))
    if (events.length > 0) await take(events)
    const last = batch.at(-1)!
    if ('caughtUp' in last) caughtUp(last.position)
    // Others in this process want a turn between two batches.
    if (restMs === 0 || batch.length === batchSize) await nextRound()
    else await pause(restMs, undefined, { signal }).catch(() => undefined)
  }
}
