import { setImmediate as nextRound } from 'node:timers/promises'
import type { EventStore, RecordedEvent } from '#event-store'
import { decodeCursor, roomPrefix, type Cursors, type Place } from './cursor.js'
import { wants, type FeedFilter } from './filter.js'
import type { Ring } from './ring.js'

/** What is read goes in here, until there is enough. */
export interface Collector {
  readonly filter: FeedFilter
  /** Events to look at, at the most. */
  readonly scan: number
  take(event: RecordedEvent, cursor: string): void
  isFull(): boolean
}

export interface Reached {
  /** Everything up to here has been looked at. */
  readonly place: Place
  /** Nothing more stood behind it. */
  readonly end: boolean
}

/** Reads a stretch of the feed out of the memory that live readers share. */
export const readRing = (ring: Ring, from: Place, { filter, scan, take, isFull }: Collector): Reached => {
  const wanted = wants(filter)
  let place = from
  let looked = 0
  for (const entry of ring.after(from.position)) {
    if (looked === scan || isFull()) return { place, end: false }
    looked += 1
    place = entry
    if (wanted(entry.event)) take(entry.event, entry.cursor)
  }
  return { place, end: true }
}

/** Reads a stretch of the feed out of the store. */
export const createStoreReading = (store: EventStore, cursors: Cursors) => {
  let queue: Promise<void> = Promise.resolve()
  /** One stretch a round of the event loop, however many readers there are: in between, the process gets to its other work. */
  const turn = (): Promise<void> => (queue = queue.then(() => nextRound()))

  /** Revision of the first event of a stream that stands after a position: found by halves, since both grow together. */
  const firstAfter = async (roomId: string, { position, cursor }: Place): Promise<number> => {
    const known = decodeCursor(cursor)
    if (known?.roomId === roomId) return known.revision + 1
    const stream = `${roomPrefix}${roomId}`
    let low = 0
    let high = 0
    for await (const last of store.readStream(stream, { direction: 'backwards', limit: 1 })) high = last.revision + 1
    while (low < high) {
      const middle = (low + high) >> 1
      let found = position
      for await (const event of store.readStream(stream, { from: middle, limit: 1 })) found = event.position
      if (found <= position) low = middle + 1
      else high = middle
    }
    return low
  }
  const eventsAfter = async (place: Place, { filter: { roomId }, scan }: Collector): Promise<AsyncIterable<RecordedEvent>> => {
    if (roomId === undefined) return store.readAll({ after: place.position, prefixes: [roomPrefix], limit: scan })
    return store.readStream(`${roomPrefix}${roomId}`, { from: await firstAfter(roomId, place), limit: scan })
  }

  /** @throws StoreUnavailable */
  return async (from: Place, collector: Collector): Promise<Reached> => {
    const { filter, scan, take, isFull } = collector
    await turn()
    const wanted = wants(filter)
    let cursorOf: ((event: RecordedEvent) => string) | undefined
    let last: RecordedEvent | undefined
    let looked = 0
    for await (const event of await eventsAfter(from, collector)) {
      // Not before: the ledger's first event may have been written a moment ago.
      cursorOf ??= await cursors.writer()
      last = event
      looked += 1
      if (wanted(event)) take(event, cursorOf(event))
      if (isFull()) break
    }
    return { place: last && cursorOf ? { position: last.position, cursor: cursorOf(last) } : from, end: looked < scan && !isFull() }
  }
}
export type StoreReading = ReturnType<typeof createStoreReading>
