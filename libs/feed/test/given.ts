import { randomUUID } from 'node:crypto'
import type { EventStore, EventToAppend } from '#event-store'
import type { Feed, FeedFilter, Place } from '../src/index.js'

/** An event as the service writes it, with as little in it as the feed needs. */
export const recorded = (type = 'OwnerChanged', more: { id?: string; data?: EventToAppend['data'] } = {}): EventToAppend => ({
  id: more.id ?? randomUUID(),
  type,
  data: more.data ?? { roomId: 'a', to: 'bob' },
  metadata: {
    schema: 1,
    occurredAt: '2026-03-26T17:29:16.000Z',
    recordedAt: '2026-03-26T17:29:16.100Z',
    source: 'callback',
    timeSource: 'eventTime',
    salt: 'c2FsdA==',
    actor: { kind: 'account', id: 'bob' },
    sdkAppId: 1400000000,
    life: 1,
    callback: { command: 'Live.CallbackAfterChangeOwner', receivedFrom: '127.0.0.1', bodySha256: '', body: '{}' },
  },
})

export const write = async (store: EventStore, stream: string, ...events: readonly EventToAppend[]): Promise<void> => {
  await store.append(stream, events, 'any')
}

export const placeAt = async (feed: Feed, cursor: string): Promise<Place> => {
  const located = await feed.locate(cursor)
  if (!located.ok) throw new Error(`no such place: ${located.problem}`)
  return located.place
}

export interface Received {
  readonly id: string
  readonly event: string
  readonly data: { readonly id: string; readonly cursor: string; readonly subject: string; readonly [name: string]: unknown }
}

/** Takes the text of an event stream apart, as a browser would; what has no data is left out. */
export const parseStream = (text: string): Received[] =>
  text
    .split('\n\n')
    .map((block) => Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))) as Record<string, string>)
    .filter(({ data }) => data !== undefined)
    .map(({ id, event, data }) => ({ id: id!, event: event!, data: JSON.parse(data!) as Received['data'] }))

/** Follows until so many events have come. */
export const take = async (feed: Feed, from: Place, filter: FeedFilter, count: number): Promise<Received[]> => {
  const enough = new AbortController()
  let text = ''
  if (count === 0) return []
  for await (const bytes of feed.follow({ from, filter, signal: enough.signal })) {
    text += bytes.toString()
    if (parseStream(text).length >= count) break
  }
  enough.abort()
  return parseStream(text)
}

/** Reads pages until one is empty. */
export const readPages = async (feed: Feed, from: Place, filter: FeedFilter, limit: number): Promise<Received['data'][]> => {
  const events: Received['data'][] = []
  for (let place = from; ;) {
    const page = await feed.page({ from: place, filter, limit, waitMs: 0, signal: new AbortController().signal })
    if (page.events.length === 0) return events
    events.push(...page.events.map((text) => JSON.parse(text) as Received['data']))
    place = await placeAt(feed, page.place.cursor)
  }
}
