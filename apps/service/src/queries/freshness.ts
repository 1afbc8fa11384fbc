import type { Directory } from '#directory'
import type { EventStore } from '#event-store'
import { Problem } from '#platform'
import type { Projections } from '#projections'
import { decodePosition } from '../ledger/position.js'
import type { RoomLedger } from '../ledger/room-ledger.js'

export interface FreshnessParts {
  readonly store: EventStore
  readonly ledger: RoomLedger
  readonly directory: Directory
  readonly projections: Projections
}

/** What a read is answered from: the room itself, which is never behind; the directory; or what a projection emitted for a room. */
export type ReadModel = 'ledger' | 'directory' | { readonly emitted: 'roomHistory' | 'ownerTrail'; readonly roomId: string }

const longestWaitMs = 5000
/** How long a read waits for what was written before it, if nobody asked for more. */
const courtesyMs = 500
/** Between two looks at what a projection has emitted. */
const shortestPauseMs = 2
const longestPauseMs = 50

/**
 * Holds a read back until its model has what the caller has already seen.
 * @param minPosition a `position` out of an earlier answer: waited for up to 5 s, else 503. Without it the read waits
 *   half a second at the most for what this instance has written.
 * @throws Problem 400 for a text that is no position, 503 when it is not reached in time.
 */
export const createFreshness = ({ store, ledger, directory, projections }: FreshnessParts) => {
  const findInLog = async (text: string, deadline: number): Promise<bigint | undefined> => {
    const position = decodePosition(text)
    if (!position)
      throw new Problem({
        type: 'invalid-request',
        detail: 'minPosition is no position of this ledger.',
        errors: { minPosition: ['is no position of this ledger'] },
      })
    do {
      for await (const event of store.readStream(position.stream, { from: position.revision, limit: 1 })) return event.position
      await pause(longestPauseMs)
    } while (performance.now() < deadline)
    return undefined
  }

  /** A projection emits one entry per fact, in the order of recording: so the last entry tells how far it is with a room. */
  const hasEmitted = async (stream: string, revision: number): Promise<boolean> => {
    for await (const { data } of projections.readEmitted(stream, { direction: 'backwards', limit: 1 }))
      return (data as { revision: number }).revision >= revision
    return false
  }

  const reach = async (model: ReadModel, position: bigint, deadline: number): Promise<boolean> => {
    if (model === 'ledger') return true
    if (model === 'directory') return directory.waitFor(position, Math.max(0, Math.ceil(deadline - performance.now())))
    const { factRevision } = await ledger.load(model.roomId)
    if (factRevision < 0) return true
    for (let pauseMs = shortestPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      if (await hasEmitted(`${model.emitted}-${model.roomId}`, factRevision)) return true
      if (performance.now() + pauseMs > deadline) return false
      await pause(pauseMs)
    }
  }

  return async (model: ReadModel, minPosition?: string): Promise<void> => {
    if (minPosition === undefined) return void (await reach(model, ledger.newest(), performance.now() + courtesyMs))
    const deadline = performance.now() + longestWaitMs
    const position = await findInLog(minPosition, deadline)
    if (position === undefined || !(await reach(model, position, deadline)))
      throw new Problem({
        type: 'not-caught-up',
        detail: `The answer has not caught up with that position within ${longestWaitMs / 1000} s.`,
        retryAfter: 1,
      })
  }
}
export type Freshness = ReturnType<typeof createFreshness>

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
