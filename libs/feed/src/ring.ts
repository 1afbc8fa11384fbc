import type { RecordedEvent } from '#event-store'
import type { Place } from './cursor.js'

/** An event of the feed and its place. */
export interface Entry extends Place {
  readonly event: RecordedEvent
  /** Bytes that it takes, roughly. */
  readonly weight: number
}

export interface RingOptions {
  readonly maxEntries: number
  /** Bytes, roughly. */
  readonly maxWeight: number
}

/** The youngest events of the log, as many as are allowed to be held; the oldest make room. */
export const createRing = (from: Place, { maxEntries, maxWeight }: RingOptions) => {
  const entries: Entry[] = []
  let weight = 0
  /** Everything younger than this is held. */
  let floor = from.position
  let last = from

  const indexAfter = (position: bigint): number => {
    let low = 0
    let high = entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (entries[middle]!.position <= position) low = middle + 1
      else high = middle
    }
    return low
  }
  const makeRoom = (): void => {
    let gone = 0
    while (entries.length - gone > maxEntries || (weight > maxWeight && gone < entries.length)) {
      floor = entries[gone]!.position
      weight -= entries[gone]!.weight
      gone += 1
    }
    // What a ring loses one by one costs a move of all the others each time: a part of them is let go at once.
    if (gone > 0) entries.splice(0, gone)
  }

  return {
    add: (entry: Entry): void => {
      entries.push(entry)
      weight += entry.weight
      last = entry
      if (entries.length > maxEntries * 1.25 || weight > maxWeight * 1.25) makeRoom()
    },
    /** The youngest place that was looked at. */
    last: (): Place => last,
    /** Whether everything after a position is held, or has yet to come. */
    reaches: (position: bigint): boolean => position >= floor,
    /** What comes after a position, in order. */
    *after(position: bigint): Generator<Entry> {
      for (let index = indexAfter(position); index < entries.length; index += 1) yield entries[index]!
    },
  }
}
export type Ring = ReturnType<typeof createRing>
