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

/** What a read is answered from. The ledger itself is never behind. */
export type ReadModel = 'ledger' | 'directory' | 'projections'

const longestWaitMs = 5000
/** How long a read waits for what this instance has just written, if nobody asked for more. */
const courtesyMs = 500

/**
 * Holds a read back until its model has what the caller has already seen.
 * @param minPosition a `position` out of an earlier answer: waited for up to 5 s, else 503. Without it the read waits
 *   half a second at the most for the writes of this instance.
 * @throws Problem 400 for a text that is no position, 503 when it is not reached in time.
 */
export const createFreshness = ({ store, ledger, directory, projections }: FreshnessParts) => {
  const reach = (model: ReadModel, position: bigint, timeoutMs: number): Promise<boolean> =>
    model === 'ledger' ? Promise.resolve(true) : (model === 'directory' ? directory : projections).waitFor(position, timeoutMs)

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
      await new Promise((resolve) => setTimeout(resolve, 50))
    } while (performance.now() < deadline)
    return undefined
  }

  return async (model: ReadModel, minPosition?: string): Promise<void> => {
    if (minPosition === undefined) return void (await reach(model, ledger.newest(), courtesyMs))
    const deadline = performance.now() + longestWaitMs
    const position = await findInLog(minPosition, deadline)
    if (position === undefined || !(await reach(model, position, Math.max(0, Math.ceil(deadline - performance.now())))))
      throw new Problem({
        type: 'not-caught-up',
        detail: `The answer has not caught up with that position within ${longestWaitMs / 1000} s.`,
        retryAfter: 1,
      })
  }
}
export type Freshness = ReturnType<typeof createFreshness>
