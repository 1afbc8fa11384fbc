import type { Place } from './cursor.js'
import { keyOf, type FeedFilter } from './filter.js'
import { readRing, type Collector, type Reached, type StoreReading } from './read-on.js'
import type { Ring } from './ring.js'
import { sseBeginning, sseEvent, sseHeartbeat } from './sse.js'
import type { Tail } from './tail.js'

const heartbeatMs = 15_000
/** What one stretch may hold: it is all that a follower who does not read costs, beside what its connection buffers. */
const eventsAStretch = 256
const bytesAStretch = 256 * 1024

interface Stretch extends Reached {
  /** Nothing where no event was wanted. */
  readonly bytes: Buffer | undefined
}

export interface FollowOptions {
  readonly from: Place
  readonly filter: FeedFilter
  /** Ends the following at once. */
  readonly signal: AbortSignal
}

export interface FollowParts {
  readonly tail: Tail
  readonly readStore: StoreReading
  /** Milliseconds; default 15,000. */
  readonly heartbeatMs?: number
}

const collect = (filter: FeedFilter): Collector & { bytes(): Buffer | undefined } => {
  const events: string[] = []
  let size = 0
  return {
    filter,
    scan: eventsAStretch,
    take: (event, cursor) => {
      const text = sseEvent(event, cursor)
      size += text.length
      events.push(text)
    },
    isFull: () => size >= bytesAStretch,
    bytes: () => (events.length > 0 ? Buffer.from(events.join('')) : undefined),
  }
}

/**
 * Follows the feed for one subscriber, as the text of an event stream, without end. Reads at the pace it is asked at: it
 * holds a place in the log and one stretch of text, nothing else. Who is near the end of the log shares one memory, and one
 * text, with all that want the same; who is behind reads the store by himself.
 */
export const createFollowing = ({ tail, readStore, heartbeatMs: restMs = heartbeatMs }: FollowParts) => {
  /** Texts of what the ring holds after a place: as long as it has not grown. */
  let shared = { ring: undefined as Ring | undefined, upTo: -1n, texts: new Map<string, Stretch>() }
  const fromRing = (ring: Ring, place: Place, filter: FeedFilter, wanted: string): Stretch => {
    const upTo = ring.last().position
    if (shared.ring !== ring || shared.upTo !== upTo) shared = { ring, upTo, texts: new Map() }
    const key = `${place.position} ${wanted}`
    const known = shared.texts.get(key)
    if (known) return known
    const collector = collect(filter)
    const stretch = { ...readRing(ring, place, collector), bytes: collector.bytes() }
    shared.texts.set(key, stretch)
    return stretch
  }
  const fromStore = async (ring: Ring, place: Place, filter: FeedFilter): Promise<Stretch> => {
    // What the ring has seen before the reading began is behind whoever has read to the end.
    const seen = ring.last()
    const collector = collect(filter)
    const { place: reached, end } = await readStore(place, collector)
    return { place: end && seen.position > reached.position ? seen : reached, end, bytes: collector.bytes() }
  }

  return async function* follow({ from, filter, signal }: FollowOptions): AsyncGenerator<Buffer> {
    const wanted = keyOf(filter)
    let place = from
    let told = from
    let saidAt = performance.now()
    yield Buffer.from(sseBeginning(from.cursor))
    while (!signal.aborted) {
      const ring = await tail.join()
      const live = ring.reaches(place.position)
      const { bytes, place: reached, end } = live ? fromRing(ring, place, filter, wanted) : await fromStore(ring, place, filter)
      place = reached
      const silentMs = performance.now() - saidAt
      if (bytes) yield bytes
      else if (silentMs >= restMs) yield Buffer.from(sseHeartbeat(told.cursor === place.cursor ? undefined : place.cursor))
      else {
        if (end && live) await tail.changed(signal, restMs - silentMs)
        continue
      }
      told = place
      saidAt = performance.now()
    }
  }
}
