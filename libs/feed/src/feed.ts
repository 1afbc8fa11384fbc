import type { EventStore } from '#event-store'
import { createCursors, type Located } from './cursor.js'
import { createFollowing, type FollowOptions } from './follow.js'
import { createPaging, type Page, type PageOptions } from './page.js'
import { createStoreReading } from './read-on.js'
import type { RingOptions } from './ring.js'
import { createTail } from './tail.js'
import { createWaitingCount, type WaitingCount } from './waiting.js'

export interface FeedOptions extends Partial<RingOptions> {
  readonly store: EventStore
  readonly log?: (message: string) => void
  /** Milliseconds between signs of life on a silent stream; default 15,000. */
  readonly heartbeatMs?: number
}

/** The events of all rooms in recorded order, for whoever wants them. */
export interface Feed {
  /**
   * Finds a place.
   * @param after a cursor, `start` or `now`.
   * @throws StoreUnavailable
   */
  locate(after: string): Promise<Located>
  /** @throws StoreUnavailable */
  page(options: PageOptions): Promise<Page>
  /** The text of an event stream, without end until the signal is given or the feed is stopped. @throws StoreUnavailable */
  follow(options: FollowOptions): AsyncIterable<Buffer>
  /** What waits for readers; see `createWaitingCount`. @throws StoreUnavailable */
  waiting: WaitingCount
  /** Ends all following and all waiting. */
  stop(): void
}

/** Opens the feed over a store; nothing is read before somebody asks. */
export const createFeed = ({ store, log, heartbeatMs, ...bounds }: FeedOptions): Feed => {
  const stopping = new AbortController()
  const cursors = createCursors(store)
  const tail = createTail({ store, cursors, ...(log && { log }), ...bounds })
  const readStore = createStoreReading(store, cursors)
  const page = createPaging(tail, readStore)
  const follow = createFollowing({ tail, readStore, ...(heartbeatMs !== undefined && { heartbeatMs }) })
  const until = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, stopping.signal])
  return {
    locate: cursors.locate,
    page: (options) => page({ ...options, signal: until(options.signal) }),
    follow: (options) => follow({ ...options, signal: until(options.signal) }),
    waiting: createWaitingCount(store, tail),
    stop: () => {
      stopping.abort()
      tail.stop()
    },
  }
}
