import { isDeepStrictEqual } from 'node:util'
import { StoreUnavailable } from './event-store.js'
import type { EventToAppend, RecordedEvent } from './event.js'
import { createTurns } from './in-turn.js'
import type { Folded, StreamCacheOptions } from './stream-cache.js'
import { createStreamCache } from './stream-cache.js'

/** Too many others wrote to the stream in between. The outward answer is 503, as for a store that is away. */
export class ConcurrencyExhausted extends StoreUnavailable {
  override readonly name = 'ConcurrencyExhausted'
}

/** What a decision comes to: events to append (perhaps none), and what to tell the caller. */
export interface Decision<Result> {
  readonly events: readonly EventToAppend[]
  readonly result: Result
}

/** Pure: on a conflict it is asked again with what came in between. `revision` is -1 while the stream has no event. */
export type Decide<State, Result> = (state: State, revision: number) => Decision<Result>

export interface Handled<State, Result> extends Folded<State> {
  readonly result: Result
  /** Ids that this call wrote; with `certain: false` also those that another process wrote at the same moment. */
  readonly appended: readonly string[]
}

export interface HandleOptions {
  /** Whether it matters who wrote: then what stands is compared, where the store cannot tell. Default true. */
  readonly certain?: boolean
}

export interface StreamHandlerOptions<State> extends StreamCacheOptions<State> {
  /** How often a decision is tried against other writers. Default 20. */
  readonly maxAttempts?: number
}

export interface StreamHandler<State> {
  /** The stream's state as of now, at least as new as everything acknowledged before. */
  load(stream: string): Promise<Folded<State>>
  /**
   * Decides on the state that is held, or on the stream as it is read, and appends at that revision; when another writer
   * was faster, reads on and decides again. A decision to write nothing is only taken on what was read just now.
   * Calls for one stream take turns within the process. The answer holds the state after the append.
   *
   * @throws ConcurrencyExhausted after `maxAttempts` conflicts
   * @throws StoreUnavailable the outcome may be unknown: the caller repeats with the same ids
   */
  handle<Result>(stream: string, decide: Decide<State, Result>, options?: HandleOptions): Promise<Handled<State, Result>>
}

/** Handles commands on streams that all fold to the same kind of state. */
export const createStreamHandler = <State>(options: StreamHandlerOptions<State>): StreamHandler<State> => {
  const { store, maxAttempts = 20 } = options
  const cache = createStreamCache(options)
  const { inTurn } = createTurns()

  const write = async <Result>(stream: string, current: Folded<State>, { events, result }: Decision<Result>, certain: boolean) => {
    const written = await store.append(stream, events, current.revision < 0 ? 'noStream' : current.revision)
    if (!written.ok) return undefined
    const from = written.revision - events.length + 1
    if (from === current.revision + 1 && (written.idempotent === false || (written.idempotent === 'unknown' && !certain))) {
      const recorded = events.map((event, index) => ({ ...asStored(event), stream, revision: from + index, position: written.position }))
      const folded = cache.advance(stream, current, recorded, written.idempotent === false)
      return { ...folded, result, appended: events.map(({ id }) => id) }
    }
    // Another process may have written the same ids at the same moment: what stands there is folded, whoever wrote it.
    const standing = new Map<string, RecordedEvent>()
    for await (const event of store.readStream(stream, { from, limit: events.length })) standing.set(event.id, event)
    const appended = events.filter((event) => isSame(event, standing.get(event.id))).map(({ id }) => id)
    return { ...(await cache.refresh(stream)), result, appended }
  }

  /** What is held may be behind: the store judges an append; any other decision is not taken here. */
  const onHeld = async <Result>(stream: string, decide: Decide<State, Result>, certain: boolean) => {
    const held = cache.held(stream)
    const decision = held && attempt(() => decide(held.state, held.revision))
    return decision && decision.events.length > 0 ? write(stream, held, decision, certain) : undefined
  }

  const handle = async <Result>(stream: string, decide: Decide<State, Result>, certain: boolean): Promise<Handled<State, Result>> => {
    const handled = await onHeld(stream, decide, certain)
    if (handled) return handled
    for (let tries = 0; tries < maxAttempts; tries += 1) {
      const current = await cache.refresh(stream)
      const decision = decide(current.state, current.revision)
      if (decision.events.length === 0) return { ...current, result: decision.result, appended: [] }
      const done = await write(stream, current, decision, certain)
      if (done) return done
    }
    throw new ConcurrencyExhausted(`${maxAttempts} attempts to append to ${stream} met other writers`)
  }

  return {
    load: (stream) => cache.refresh(stream),
    handle: (stream, decide, { certain = true } = {}) =>
      inTurn(stream, async () => {
        try {
          return await handle(stream, decide, certain)
        } catch (error) {
          cache.forget(stream)
          throw error
        }
      }),
  }
}

/** A decision on a state that is behind may throw for that alone: it is then made again on the stream as it is. */
const attempt = <T>(decide: () => T): T | undefined => {
  try {
    return decide()
  } catch {
    return undefined
  }
}

/** What comes back of it: JSON knows no `undefined`. */
const asStored = (event: EventToAppend): EventToAppend => JSON.parse(JSON.stringify(event)) as EventToAppend

/** Whoever must know puts something random into the metadata: then no two processes ever write the same. */
const isSame = (event: EventToAppend, standing: RecordedEvent | undefined): boolean => {
  if (!standing) return false
  const { data, metadata } = asStored(event)
  return isDeepStrictEqual([data, metadata], [standing.data, standing.metadata])
}
