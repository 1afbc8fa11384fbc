import { EventEmitter } from 'node:events'
import { toRoomEvent } from '#directory'
import { createStreamHandler, type EventStore, type HandleOptions } from '#event-store'
import { evolveRoom, initialRoom, livesOf, type NewEvent, type RoomState } from '#room'
import { toAppend, type Stamp } from './envelope.js'
import { encodePosition } from './position.js'
import { roomStream } from './present.js'

export interface Recorded {
  readonly state: RoomState
  /** Ids of the events that this very call wrote; empty when the ledger knew it all, or another instance was faster. */
  readonly appended: readonly string[]
  /** Of the stream's last event. */
  readonly position: string
}

/** The rooms: read from their streams, changed only by appending what a pure decision calls for. */
export interface RoomLedger {
  load(roomId: string): Promise<RoomState>
  /** Decides on the room as it stands and appends; on a conflict with another writer it reads on and decides again. */
  record(roomId: string, decide: (state: RoomState) => readonly NewEvent[], options?: HandleOptions): Promise<Recorded>
  /** Log position of the youngest event written through here; -1n at the start. */
  newest(): bigint
  /** Resolves when the room has changed, at the latest after so many milliseconds. */
  changed(roomId: string, timeoutMs: number): Promise<void>
}

/** How many facts, operations, requests and outcomes the folded rooms in memory hold together: somewhat less than a kilobyte each. */
const cachedEntries = 100_000

export const createRoomLedger = (store: EventStore, stamp: Stamp): RoomLedger => {
  const changes = new EventEmitter().setMaxListeners(0)
  const rooms = createStreamHandler<RoomState>({
    store,
    initial: () => initialRoom,
    evolve: (state, events) => evolveRoom(state, events.map(toRoomEvent)),
    weigh: ({ sorted, operations, calls }) => 1 + sorted.length + operations.length + calls.length,
    maxWeight: cachedEntries,
  })
  let newest = -1n
  return {
    newest: () => newest,
    load: async (roomId) => (await rooms.load(roomStream(roomId))).state,
    record: async (roomId, decide, options) => {
      const stream = roomStream(roomId)
      const handled = await rooms.handle(
        stream,
        (state) => {
          const decided = decide(state)
          const lives = livesOf(state, decided)
          return { events: decided.map((event, index) => toAppend(event, stamp, lives[index])), result: undefined }
        },
        options,
      )
      if (handled.appended.length > 0) {
        if (handled.position > newest) newest = handled.position
        changes.emit(stream)
      }
      return {
        state: handled.state,
        appended: handled.appended,
        position: encodePosition({ stream, revision: handled.revision }),
      }
    },
    changed: (roomId, timeoutMs) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          changes.off(roomStream(roomId), done)
          resolve()
        }
        const timer = setTimeout(done, timeoutMs)
        changes.once(roomStream(roomId), done)
      }),
  }
}
