import { setTimeout as delay } from 'node:timers/promises'
import { openSse, SseRefused, type SseLine } from '../sse-client.js'

/** An event as a reader of the feed was given it. */
export interface Taken {
  /** Where a reader goes on behind it. */
  readonly cursor: string
  readonly eventId: string
  readonly type: string
  readonly roomId: string
  readonly revision: number
  /** Milliseconds from its being written to its being taken. */
  readonly tookMs: number
}

export interface FeedReader {
  readonly taken: readonly Taken[]
  /** How often it came (again), how often it was cut by its own dice, and how often in the middle of an event or an answer. */
  readonly figures: { readonly came: number; readonly cut: number; readonly within: number }
  /** What it should not have been told. */
  readonly strange: readonly string[]
  stop(): Promise<void>
}

export interface Subscriber extends FeedReader {
  /** Reads on after it stopped of itself. */
  readOn(): void
  /** Cuts its line, and comes again. */
  hangUp(): void
}

export interface ReaderOptions {
  /** Where the service is just now. */
  readonly service: () => string
  readonly secret: string
  /** `after`, and what it wants to see. */
  readonly query: Readonly<Record<string, string>>
  /** So many events, and it does not read any more. */
  readonly stopsAfter?: number
}

/** How a line shall end: after so many bytes, at the latest after so long. */
export interface Cut {
  readonly bytes: number
  readonly ms: number
}

interface CloudEvent {
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly revision: number | string
  readonly cursor: string
  readonly recordedtime: string
}

const takenFrom = ({ id, type, subject, revision, cursor, recordedtime }: CloudEvent): Taken => ({
  cursor,
  eventId: id,
  type: type.replace(/^room-ledger\./, ''),
  roomId: subject,
  revision: Number(revision),
  tookMs: Date.now() - Date.parse(recordedtime),
})

/** While the service is away one asks again, soon: the fewer come, the less is tried. */
const pauseMs = 50

/** @param cutNext told for each line; undefined: it stays. It begins at `query.after`, and from then on at the last id it saw. */
export const subscribe = (
  { service, secret, query, stopsAfter = Infinity }: ReaderOptions,
  cutNext: () => Cut | undefined = () => undefined,
): Subscriber => {
  const taken: Taken[] = []
  const strange: string[] = []
  const figures = { came: 0, cut: 0, within: 0 }
  let lastEventId: string | undefined
  let line: SseLine | undefined
  const over = new AbortController()
  let stopsAt = stopsAfter

  const open = (cut: Cut | undefined) =>
    openSse(`${service()}/v1/events/stream?${new URLSearchParams(query)}`, {
      headers: { Authorization: `Bearer ${secret}` },
      lastEventId,
      cutAfterBytes: cut?.bytes,
      onMessage: ({ id, event, data }) => {
        const cloudEvent = JSON.parse(data) as CloudEvent
        if (id !== cloudEvent.cursor || event !== cloudEvent.type)
          strange.push(`${event} ${id} carries ${cloudEvent.type} ${cloudEvent.cursor}`)
        taken.push(takenFrom(cloudEvent))
        if (taken.length >= stopsAt) line?.stopReading()
      },
    })
  let cut: Cut | undefined
  const readOnce = async (): Promise<void> => {
    // As long as nobody answers it is not used up.
    cut ??= cutNext()
    line = await open(cut)
    figures.came += 1
    if (over.signal.aborted) line.cut()
    const timer = cut && setTimeout(line.cut, cut.ms)
    await line.ended
    clearTimeout(timer)
    if (cut) figures.cut += 1
    cut = undefined
    if (line.brokeWithin()) figures.within += 1
    lastEventId = line.lastEventId()
  }
  const done = (async () => {
    while (!over.signal.aborted)
      try {
        await readOnce()
      } catch (error) {
        if (error instanceof SseRefused && error.status !== 503) return void strange.push(error.message)
        await delay(pauseMs)
      }
  })()
  const readOn = (): void => {
    stopsAt = Infinity
    line?.readOn()
  }
  return {
    taken,
    strange,
    figures,
    readOn,
    hangUp: () => {
      readOn()
      line?.cut()
    },
    stop: async () => {
      over.abort()
      line?.cut()
      await done
    },
  }
}

/** Asks for one page after the other, and waits for the next one where there is none. @param cutNext as above; bytes are the page's limit. */
export const pageThrough = ({ service, secret, query }: ReaderOptions, cutNext: () => Cut | undefined): FeedReader => {
  const taken: Taken[] = []
  const strange: string[] = []
  const figures = { came: 0, cut: 0, within: 0 }
  const over = new AbortController()
  let after = query['after'] ?? 'start'

  const readOnce = async (): Promise<boolean> => {
    const cut = cutNext()
    const search = new URLSearchParams({ ...query, after, wait: '5', limit: String(cut ? cut.bytes : 100) })
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(Math.ceil(cut?.ms ?? 20_000))])
    figures.came += 1
    const answer = await fetch(`${service()}/v1/events?${search}`, { headers: { Authorization: `Bearer ${secret}` }, signal })
    const text = await answer.text()
    if (answer.status === 503) throw new Error('it is not ready')
    if (!answer.ok) {
      strange.push(`page after ${after}: ${answer.status} ${text}`)
      return false
    }
    const { events, cursor } = JSON.parse(text) as { events: readonly CloudEvent[]; cursor: string }
    taken.push(...events.map(takenFrom))
    after = cursor
    return true
  }
  const done = (async () => {
    while (!over.signal.aborted)
      try {
        if (!(await readOnce())) return
      } catch (error) {
        if ((error as Error).name === 'TimeoutError') figures.cut += 1
        await delay(pauseMs)
      }
  })()
  return {
    taken,
    strange,
    figures,
    stop: async () => {
      over.abort()
      await done
    },
  }
}

/** Everything from a cursor to the end, page after page. */
export const allPages = async ({ service, secret, query }: ReaderOptions): Promise<readonly Taken[]> => {
  const taken: Taken[] = []
  for (let after = query['after'] ?? 'start'; ;) {
    const answer = await fetch(`${service()}/v1/events?${new URLSearchParams({ ...query, after, limit: '500' })}`, {
      headers: { Authorization: `Bearer ${secret}` },
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`page after ${after}: ${answer.status} ${text}`)
    const { events, cursor } = JSON.parse(text) as { events: readonly CloudEvent[]; cursor: string }
    if (events.length === 0) return taken
    taken.push(...events.map(takenFrom))
    after = cursor
  }
}
