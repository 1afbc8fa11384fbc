import { LRUCache } from 'lru-cache'
import type { EventStore, RecordedEvent } from '#event-store'
import { evolveRoom, initialRoom, type RoomState } from '#room'
import { toRoomEvent } from './to-room-event.js'

/** What a batch made of one room. */
export interface FoldedRoom {
  readonly stream: string
  readonly state: RoomState
  /** As it was before the batch; undefined for a room that begins with it. */
  readonly previous: RoomState | undefined
  /** Of the last event in `state`. */
  readonly revision: number
}

/** Folds batches of the log, room by room; holds the rooms used last, `cacheSize` facts and operations together. */
export const createRoomFolder = (store: EventStore, cacheSize: number) => {
  const rooms = new LRUCache<string, Pick<FoldedRoom, 'state' | 'revision'>>({
    maxSize: cacheSize,
    sizeCalculation: ({ state }) => 1 + state.sorted.length + state.operations.length + state.calls.length,
  })

  /** The room as it was before its event `revision`, however far its stream has grown since: the index must not run ahead of its checkpoint. */
  const before = async (stream: string, revision: number): Promise<RoomState | undefined> => {
    if (revision === 0) return undefined
    const held = rooms.get(stream)
    if (held?.revision === revision - 1) return held.state
    const events: RecordedEvent[] = []
    for await (const event of store.readStream(stream, { limit: revision })) events.push(event)
    return evolveRoom(initialRoom, events.map(toRoomEvent))
  }

  return {
    fold: async (batch: readonly RecordedEvent[]): Promise<readonly FoldedRoom[]> => {
      const folded: FoldedRoom[] = []
      for (const [stream, events] of Map.groupBy(batch, (event) => event.stream)) {
        const previous = await before(stream, events[0]!.revision)
        const state = evolveRoom(previous ?? initialRoom, events.map(toRoomEvent))
        folded.push({ stream, state, previous, revision: events.at(-1)!.revision })
      }
      return folded
    },
    /** Keeps what is in the file now. */
    keep: (folded: readonly FoldedRoom[]): void => {
      for (const { stream, state, revision } of folded) rooms.set(stream, { state, revision })
    },
    clear: (): void => rooms.clear(),
  }
}
