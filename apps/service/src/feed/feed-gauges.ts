import type { Consumers, Feed } from '#feed'
import { gauge, gauges } from '#platform'
import { askedOnce } from '../health/asked-once.js'
import { budgets, viewsOf, withWaiting } from './present-consumer.js'
import type { Streams } from './send-stream.js'

export interface FeedParts {
  readonly feed: Feed
  readonly consumers: Consumers
  readonly streams: Streams
}

/** Shows in the metrics who reads the feed, and how far behind those are whose place is kept. */
export const measureFeed = ({ feed, consumers, streams }: FeedParts): void => {
  const all = askedOnce(async () => withWaiting(feed, await viewsOf(consumers, await consumers.list()), budgets.many))
  gauge('room_ledger_feed_streams', 'Event streams that are open', () => streams.open())
  gauges(
    'room_ledger_consumer_lag',
    'Events that a named consumer has not acknowledged, counted to 10,000 at the most. Absent while the store does not answer',
    ['consumer'],
    async () =>
      (await all()).flatMap(({ registration: { name }, waiting }) => (waiting ? { labels: { consumer: name }, value: waiting.count } : [])),
  )
}
