import { setTimeout as sleep } from 'node:timers/promises'
import { openOperations, type RecordedFact } from '#room'
import { decideDrift } from './decide-drift.js'
import { countFact, countLook } from './drift-metrics.js'
import { reconcileOnWalk, type ReconcileParts, type Walk } from './settle.js'

export interface DriftParts extends ReconcileParts {
  /** Looks a second, fractions too; 0 = none at all. */
  readonly rate: number
  /** Rooms that the ledger holds to be there, behind `after`, in a lasting order; none when there are no more. */
  readonly activeRooms: (after?: string) => readonly string[]
  readonly anyActiveRoom: () => string | undefined
  /** Whether somebody else asks the vendor about the room just now. */
  readonly isTaken: (roomId: string) => boolean
  /** Milliseconds: of a room that a fact was recorded of not longer ago, a callback may still be on its way. */
  readonly quietMs: number
  readonly onFound: (roomId: string, found: readonly RecordedFact[]) => void
  readonly onError: (error: unknown) => void
  readonly pauses?: Partial<typeof defaultPauses>
}

/** Milliseconds. */
const defaultPauses = {
  /** While the vendor (or the store) is away: so long at first, then twice as long each time. */
  first: 1_000,
  longest: 60_000,
  /** A round over few rooms is not begun again sooner. */
  round: 1_000,
}
/** A vendor that answers slowly must not make the walk slower than was asked for, up to this many looks at a time. */
const mostAtOnce = 16
/** Node's timers take a longer time for none at all. */
const longestTimer = 2 ** 31 - 1

/**
 * Walks all rooms that the ledger holds to be there, round after round at a steady pace, and records what callbacks missed.
 *
 * The place in the walk is the id of the last room, so that pages, rooms that come and rooms that go skip nobody else. It
 * begins at a room by chance: instances that start together, which know nothing of each other, look at different rooms. A
 * look that shows nothing new writes nothing, so more of them do no harm but the calls.
 */
export const createDrift = (parts: DriftParts) => {
  const pauses = { ...defaultPauses, ...parts.pauses }
  const rules = walkOf(parts)
  const stopping = new AbortController()
  const underWay = new Set<Promise<void>>()
  let walking: Promise<void> | undefined
  let page: readonly string[] = []
  let begun = false
  let last: string | undefined
  let nextAt = 0
  /** Of the latest pause; 0 while looks are answered. */
  let waitMs = 0
  let waitedSince = 0
  let roundBegan: number | undefined
  let roundMs: number | undefined

  const until = (at: number): Promise<unknown> =>
    sleep(Math.min(longestTimer, Math.max(0, at - performance.now())), undefined, { signal: stopping.signal }).catch(() => undefined)

  const backOff = (lookBegan: number): void => {
    // Those that were under way together fail together, and say no more than one.
    if (lookBegan < waitedSince) return
    waitMs = Math.min(pauses.longest, Math.max(pauses.first, waitMs * 2))
    waitedSince = performance.now()
    nextAt = waitedSince + waitMs
  }

  const look = async (roomId: string): Promise<void> => {
    const began = performance.now()
    const result = await reconcileOnWalk(parts, roomId, rules)
    if (!result) return countLook('skipped')
    if (result.outcome === 'unanswered') {
      countLook(result.failure.outcome === 'refused' ? 'refused' : 'unanswered')
      // What is refused is refused of this room alone: the vendor is there.
      if (result.failure.outcome !== 'refused') return backOff(began)
    } else {
      countLook(result.found.length > 0 ? 'different' : 'same')
      for (const { type } of result.found) countFact(type)
      if (result.found.length > 0) parts.onFound(roomId, result.found)
    }
    waitMs = 0
  }

  /** @returns undefined at the end of a round. */
  const nextRoom = (): string | undefined => {
    if (!begun) last = parts.anyActiveRoom()
    begun = true
    if (page.length === 0) page = parts.activeRooms(last)
    ;[last, ...page] = page
    return last
  }

  const endRound = async (): Promise<void> => {
    const began = roundBegan
    if (began !== undefined) {
      // A round is over when its last answers are in.
      await Promise.all(underWay)
      roundMs = performance.now() - began
      await until(began + pauses.round)
    }
    roundBegan = performance.now()
  }

  const step = async (): Promise<void> => {
    const began = performance.now()
    try {
      const roomId = nextRoom()
      if (roomId === undefined) return await endRound()
      nextAt = Math.max(nextAt, performance.now()) + 1000 / parts.rate
      if (parts.isTaken(roomId)) return countLook('skipped')
      const looking: Promise<void> = look(roomId)
        .catch((error: unknown) => {
          parts.onError(error)
          backOff(began)
        })
        .finally(() => underWay.delete(looking))
      underWay.add(looking)
      // After a pause one look tries whether the vendor is back, not many.
      if (waitMs > 0) await looking
      else if (underWay.size >= mostAtOnce) await Promise.race(underWay)
    } catch (error) {
      parts.onError(error)
      backOff(began)
    }
  }

  const goRound = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await until(nextAt)
      if (!stopping.signal.aborted) await step()
    }
  }

  return {
    start: (): void => {
      if (parts.rate > 0) walking = goRound().catch(parts.onError)
    },
    /** Waits for the looks under way. */
    stop: async (): Promise<void> => {
      stopping.abort()
      await walking
      await Promise.all(underWay)
    },
    /** How long the last full round took, in milliseconds; undefined while there was none. */
    lastRoundMs: (): number | undefined => roundMs,
  }
}
export type Drift = ReturnType<typeof createDrift>

const walkOf = ({ now, quietMs }: Pick<DriftParts, 'now' | 'quietMs'>): Walk => ({
  // The settlement looks at rooms with open operations, and of a room that has ended there is nothing to be missed.
  isWanted: (state) => {
    const quietSince = new Date(Date.parse(now()) - quietMs).toISOString()
    const isQuiet = state.sorted.every(({ metadata }) => metadata.recordedAt <= quietSince)
    return isQuiet && state.life?.status === 'active' && openOperations(state).length === 0
  },
  decide: decideDrift,
})
