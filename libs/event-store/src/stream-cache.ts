import { LRUCache } from 'lru-cache'
import type { EventStore } from './event-store.js'
import type { RecordedEvent } from './event.js'
import { createTurns } from './in-turn.js'

/** A stream folded up to `revision`. Readers share it: it is never changed in place. */
export interface Folded<State> {
  readonly state: State
  /** Of the stream's last event; -1 while there is none. */
  readonly revision: number
  /** Of that event in the log; -1n while there is none. */
  readonly position: bigint
}

export interface StreamCacheOptions<State> {
  readonly store: EventStore
  readonly initial: () => State
  /**
   * Folds further events, in their order. Must be pure and give a new state: readers still hold the old one.
   * It gets many at once, since some folds are cheaper that way.
   */
  readonly evolve: (state: State, events: readonly RecordedEvent[]) => State
  /** Weight of a state in the cache, in a unit of the caller's choice. Default: 1 each. */
  readonly weigh?: (state: State) => number
  /** How much weight the cache holds before the least recently used goes. Default 10,000. */
  readonly maxWeight?: number
}

export interface StreamCache<State> {
  /** Brings the stream up to date: reads only what came after the state that is held. */
  refresh(stream: string): Promise<Folded<State>>
  /** Folds the events that come directly after `folded` and were read by other means. */
  advance(stream: string, folded: Folded<State>, next: readonly RecordedEvent[]): Folded<State>
  forget(stream: string): void
}

const eventsAFold = 2000

/** Folded states of streams, the most recently used ones kept. Holds only what the store has told or confirmed as durable. */
export const createStreamCache = <State>(options: StreamCacheOptions<State>): StreamCache<State> => {
  const { store, evolve, weigh = () => 1, maxWeight = 10_000 } = options
  const cache = new LRUCache<string, Folded<State>>({
    maxSize: maxWeight,
    sizeCalculation: ({ state }) => Math.max(1, Math.ceil(weigh(state))),
  })
  const { inTurn } = createTurns()

  const fold = ({ state }: Folded<State>, events: readonly RecordedEvent[]): Folded<State> => {
    const last = events.at(-1)!
    return { state: evolve(state, events), revision: last.revision, position: last.position }
  }
  const keep = (stream: string, folded: Folded<State>): Folded<State> => {
    cache.set(stream, folded)
    return folded
  }
  const readOn = async (stream: string): Promise<Folded<State>> => {
    let folded: Folded<State> = cache.get(stream) ?? { state: options.initial(), revision: -1, position: -1n }
    let events: RecordedEvent[] = []
    for await (const event of store.readStream(stream, { from: folded.revision + 1 })) {
      events.push(event)
      if (events.length < eventsAFold) continue
      folded = fold(folded, events)
      events = []
    }
    if (events.length > 0) folded = fold(folded, events)
    return folded.revision < 0 ? folded : keep(stream, folded)
  }

  return {
    refresh: (stream) => inTurn(stream, () => readOn(stream)),
    advance: (stream, folded, next) => keep(stream, fold(folded, next)),
    forget: (stream) => void cache.delete(stream),
  }
}
