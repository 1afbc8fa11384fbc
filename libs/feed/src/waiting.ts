import { setImmediate as nextRound } from 'node:timers/promises'
import type { EventStore, RecordedEvent } from '#event-store'
import { eventTypes } from '#room'
import { roomPrefix, type Place } from './cursor.js'
import type { FeedFilter } from './filter.js'
import type { Ring } from './ring.js'
import type { Tail } from './tail.js'

/** Counted so far; beyond that there are "at least" so many. */
export const mostCounted = 10_000
/** Events that are looked at for each, however little is left. */
const leastLooked = 100

/** What may be spent on counting, for all readers together. What was not looked at by then is not taken for nothing. */
export interface Budget {
  /** To look at. */
  readonly events: number
  /** Milliseconds; a store that is slow at the moment is not made slower. */
  readonly ms: number
}

/** Where somebody is, and what he wants. */
export interface Behind {
  readonly from: Place
  readonly types: FeedFilter['types']
}

export interface Waiting {
  /** Events that wait, 10,000 at the most. */
  readonly count: number
  /** There may be more. */
  readonly isAtLeast: boolean
  /** When the first of them was recorded; undefined where none waits, or none was found. */
  readonly oldest: string | undefined
}

/** Of one type: how many, and the first. */
interface Tally {
  readonly count: number
  readonly first: { readonly position: bigint; readonly recordedAt: string }
}
type Tallies = Map<string, Tally>

/**
 * Counts what waits for readers of the feed, for all of them in one go: who is nearest to the end comes first, and what lies
 * between two of them is looked at once. Out of the memory of live readers where that reaches, else out of the store.
 */
export const createWaitingCount = (store: EventStore, tail: Tail) => {
  /** Looks at what lies after `from`, up to and with `upTo`. @returns whether it came to the end of that. */
  const scan = async (ring: Ring, from: bigint, upTo: bigint | undefined, limit: number, look: (event: RecordedEvent) => boolean) => {
    const isBeyond = (position: bigint): boolean => upTo !== undefined && position > upTo
    let at = from
    let looked = 0
    if (ring.reaches(from)) {
      for (const { position, event } of ring.after(from)) {
        if (isBeyond(position)) return true
        if (looked === limit || !look(event)) return false
        at = position
        looked += 1
      }
    }
    if (upTo !== undefined && at >= upTo) return true
    // What was recorded a moment ago need not have come to the memory yet.
    for await (const event of store.readAll({ after: at, prefixes: [roomPrefix], limit: limit - looked + 1 })) {
      if (isBeyond(event.position)) return true
      if (looked === limit || !look(event)) return false
      looked += 1
    }
    return true
  }

  /** @throws StoreUnavailable */
  return async (readers: readonly Behind[], { events, ms }: Budget): Promise<readonly Waiting[]> => {
    if (readers.length === 0) return []
    const ring = await tail.join()
    const nearestFirst = [...readers.keys()].toSorted((a, b) => order(readers[b]!.from.position, readers[a]!.from.position))
    const answers: Waiting[] = []
    let tallies: Tallies = new Map()
    let upTo: bigint | undefined
    const deadline = performance.now() + ms
    let left = events
    let whole = true
    for (const index of nearestFirst) {
      const { from, types = eventTypes } = readers[index]!
      const wanted = new Set(types)
      if (from.position !== upTo) {
        const between: Tallies = new Map()
        let counted = sum(tallies, wanted).count
        let looked = 0
        const reached = await scan(ring, from.position, upTo, Math.max(left, leastLooked), (event) => {
          left -= 1
          looked += 1
          tally(between, event)
          if (wanted.has(event.type)) counted += 1
          return counted <= mostCounted && (looked < leastLooked || performance.now() < deadline)
        })
        whole &&= reached
        tallies = joined(between, tallies)
        upTo = from.position
        await nextRound()
      }
      const { count, first } = sum(tallies, wanted)
      answers[index] = { count: Math.min(count, mostCounted), isAtLeast: !whole || count > mostCounted, oldest: first?.recordedAt }
    }
    return answers
  }
}
export type WaitingCount = ReturnType<typeof createWaitingCount>

const order = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

const tally = (tallies: Tallies, { type, position, metadata }: RecordedEvent): void => {
  const known = tallies.get(type)
  tallies.set(type, { count: (known?.count ?? 0) + 1, first: known?.first ?? { position, recordedAt: String(metadata['recordedAt']) } })
}
const joined = (earlier: Tallies, later: Tallies): Tallies => {
  const both = new Map(later)
  for (const [type, { count, first }] of earlier) both.set(type, { count: count + (later.get(type)?.count ?? 0), first })
  return both
}
const sum = (tallies: Tallies, wanted: ReadonlySet<string>): { count: number; first: Tally['first'] | undefined } => {
  let all: { count: number; first: Tally['first'] | undefined } = { count: 0, first: undefined }
  for (const [type, { count, first }] of tallies) {
    if (!wanted.has(type)) continue
    all = { count: all.count + count, first: all.first && all.first.position < first.position ? all.first : first }
  }
  return all
}
