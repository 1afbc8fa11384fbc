import type { Place } from './cursor.js'
import { toCloudEvent } from './cloud-event.js'
import type { FeedFilter } from './filter.js'
import { readRing, type Collector, type StoreReading } from './read-on.js'
import type { Tail } from './tail.js'

/** Events that one page looks at, at the most: a filter that hardly anything passes must not hold an answer back without end. */
const scanned = 50_000
const scannedAtOnce = 1_000
const bytesAPage = 4 * 1024 * 1024

export interface PageOptions {
  readonly from: Place
  readonly filter: FeedFilter
  readonly limit: number
  /** How long to wait, in milliseconds, where there is nothing yet. */
  readonly waitMs: number
  /** Ends the waiting: the answer is then what there is. */
  readonly signal: AbortSignal
}

export interface Page {
  /** CloudEvents as JSON texts. */
  readonly events: readonly string[]
  /** Where to read on: behind the last of the events, or further where no more of what was looked at is wanted. */
  readonly place: Place
}

/** Reads one page of the feed. */
export const createPaging = (tail: Tail, readStore: StoreReading) => {
  return async ({ from, filter, limit, waitMs, signal }: PageOptions): Promise<Page> => {
    const deadline = performance.now() + waitMs
    const events: string[] = []
    let size = 0
    const collector: Collector = {
      filter,
      scan: scannedAtOnce,
      take: (event, cursor) => {
        const text = JSON.stringify(toCloudEvent(event, cursor))
        size += text.length
        events.push(text)
      },
      isFull: () => events.length === limit || size >= bytesAPage,
    }
    let place = from
    // The ring is a moment behind the store: who has just written, and asks, shall find it.
    let confirmed = false
    for (let looked = 0; looked < scanned;) {
      const ring = await tail.join()
      const seen = ring.last()
      const live = ring.reaches(place.position) && (confirmed || seen.position > place.position)
      const reached = live ? readRing(ring, place, collector) : await readStore(place, collector)
      place = !live && reached.end && seen.position > reached.place.position ? seen : reached.place
      if (collector.isFull()) break
      if (!reached.end) {
        looked += scannedAtOnce
        continue
      }
      if (live && !confirmed) continue
      confirmed = true
      const leftMs = deadline - performance.now()
      if (events.length > 0 || leftMs <= 0 || signal.aborted) break
      if (ring.last().position <= place.position) await tail.changed(signal, leftMs)
    }
    return { events, place }
  }
}
export type Paging = ReturnType<typeof createPaging>
