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
  /** What the decision wrote, as the store gives it back; also when an earlier try of the same had written it. */
  readonly appended: readonly RecordedEvent[]
}

export interface StreamHandlerOptions<State> extends StreamCacheOptions<State> {
  /** How often a decision is tried against other writers. Default 20. */
  readonly maxAttempts?: number
}

export interface StreamHandler<State> {
  /** The stream's state as of now, at least as new as everything acknowledged before. */
  load(stream: string): Promise<Folded<State>>
  /**
   * Reads, folds, decides, and appends at the revision that was read; when another writer was faster, reads on and
   * decides again. Calls for one stream take turns within the process. The answer holds the state after the append.
   *
   * @throws ConcurrencyExhausted after `maxAttempts` conflicts
   * @throws StoreUnavailable the outcome may be unknown: the caller repeats with the same ids
   */
  handle<Result>(stream: string, decide: Decide<State, Result>): Promise<Handled<State, Result>>
}

/** Handles commands on streams that all fold to the same kind of state. */
export const createStreamHandler = <State>(options: StreamHandlerOptions<State>): StreamHandler<State> => {
  const { store, maxAttempts = 20 } = options
  const cache = createStreamCache(options)
  const { inTurn } = createTurns()

  const attempt = async <Result>(stream: string, current: Folded<State>, decide: Decide<State, Result>) => {
    const { events, result } = decide(current.state, current.revision)
    if (events.length === 0) return { ...current, result, appended: [] }
    const written = await store.append(stream, events, current.revision < 0 ? 'noStream' : current.revision)
    if (!written.ok) return undefined
    const appended: RecordedEvent[] = []
    const from = written.revision - events.length + 1
    // Read back, so that what is folded is what everyone else will fold: a retry may have been written by another process.
    for await (const event of store.readStream(stream, { from, limit: events.length })) appended.push(event)
    const folded = from === current.revision + 1 ? cache.advance(stream, current, appended) : await cache.refresh(stream)
    return { ...folded, result, appended }
  }

  const handle = async <Result>(stream: string, decide: Decide<State, Result>): Promise<Handled<State, Result>> => {
    for (let tries = 0; tries < maxAttempts; tries += 1) {
      const handled = await attempt(stream, await cache.refresh(stream), decide)
      if (handled) return handled
    }
    throw new ConcurrencyExhausted(`${maxAttempts} attempts to append to ${stream} met other writers`)
  }

  return {
    load: (stream) => cache.refresh(stream),
    handle: (stream, decide) =>
      inTurn(stream, async () => {
        try {
          return await handle(stream, decide)
        } catch (error) {
          cache.forget(stream)
          throw error
        }
      }),
  }
}
