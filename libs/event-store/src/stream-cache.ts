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
  /** What is held, perhaps behind the stream; nothing when it must be read first. */
  held(stream: string): Folded<State> | undefined
  /**
   * Folds events that were just written directly after `folded`.
   * @param certain false: another process may have written others of the same ids; the next refresh reads what stands.
   */
  advance(stream: string, folded: Folded<State>, next: readonly RecordedEvent[], certain: boolean): Folded<State>
  forget(stream: string): void
}

interface Entry<State> {
  readonly folded: Folded<State>
  /** As the store told it: where to read on from. */
  readonly told: Folded<State>
}

const eventsAFold = 2000
/** Events that are folded without having been read, before they are. */
const mostUntold = 50

/** Folded states of streams, the most recently used ones kept. Holds only what the store has told or confirmed as durable. */
export const createStreamCache = <State>(options: StreamCacheOptions<State>): StreamCache<State> => {
  const { store, evolve, weigh = () => 1, maxWeight = 10_000 } = options
  const cache = new LRUCache<string, Entry<State>>({
    maxSize: maxWeight,
    sizeCalculation: ({ folded: { state } }) => Math.max(1, Math.ceil(weigh(state))),
  })
  const { inTurn } = createTurns()
  const nothing: Folded<State> = { state: options.initial(), revision: -1, position: -1n }

  const fold = ({ state }: Folded<State>, events: readonly RecordedEvent[]): Folded<State> => {
    const last = events.at(-1)!
    return { state: evolve(state, events), revision: last.revision, position: last.position }
  }
  const readOn = async (stream: string): Promise<Folded<State>> => {
    let folded = cache.get(stream)?.told ?? nothing
    let events: RecordedEvent[] = []
    for await (const event of store.readStream(stream, { from: folded.revision + 1 })) {
      events.push(event)
      if (events.length < eventsAFold) continue
      folded = fold(folded, events)
      events = []
    }
    if (events.length > 0) folded = fold(folded, events)
    if (folded.revision >= 0) cache.set(stream, { folded, told: folded })
    return folded
  }

  return {
    refresh: (stream) => inTurn(stream, () => readOn(stream)),
    held: (stream) => {
      const entry = cache.get(stream)
      return entry && entry.folded.revision - entry.told.revision <= mostUntold ? entry.folded : undefined
    },
    advance: (stream, before, next, certain) => {
      const folded = fold(before, next)
      const told = certain ? folded : cache.get(stream)?.told
      // A stream that is not held had nothing to tell.
      cache.set(stream, { folded, told: told ?? (before.revision < 0 ? nothing : before) })
      return folded
    },
    forget: (stream) => void cache.delete(stream),
  }
}
