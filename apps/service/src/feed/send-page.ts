import type { FastifyReply } from 'fastify'
import type { Feed, FeedFilter, Page, Place } from '#feed'

export interface PageRequest {
  readonly from: Place
  readonly filter: FeedFilter
  /** Default 50. */
  readonly limit: number | undefined
  /** Seconds; default 0. */
  readonly wait: number | undefined
}

const usualLimit = 50

/**
 * Reads a page and answers with it; who has gone meanwhile is not waited for.
 * @param before done with the page before it is answered.
 */
export const sendPage = async (
  reply: FastifyReply,
  feed: Feed,
  { from, filter, limit = usualLimit, wait = 0 }: PageRequest,
  before: (page: Page) => Promise<void> = async () => undefined,
): Promise<void> => {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  const page = await feed.page({ from, filter, limit, waitMs: wait * 1000, signal: gone.signal })
  await before(page)
  // The events are JSON already: reading them in only to write them out again would double the work.
  const body = `{"events":[${page.events.join(',')}],"cursor":${JSON.stringify(page.place.cursor)}}`
  void reply.header('Content-Type', 'application/json; charset=utf-8').send(body)
}
