import { anomaliesOf, compareKeys, keyOf, type Anomaly, type AnomalyKey } from '#audit-log'
import { toRoomEvent, type Directory } from '#directory'
import type { EventStore } from '#event-store'
import { isFact, type RoomEvent } from '#room'
import { roomStream } from '../ledger/present.js'
import { badCursor, decodeCursor, encodeCursor } from '../queries/cursor.js'
import { unknownRoom } from '../queries/not-found.js'
import type { Page } from '../queries/queries.js'

export interface AnomaliesQuery {
  /** Default: every room, by id. */
  readonly roomId?: string | undefined
  /** Default: every kind. */
  readonly kinds?: readonly string[] | undefined
  /** Milliseconds that a callback may take from the happening to the recording. */
  readonly lateMs: number
  readonly limit: number
  readonly cursor?: string | undefined
}

/** What one answer looks at, at the most; a room is looked at whole, however long it is. On a server each takes some milliseconds. */
const most = { events: 20_000, rooms: 200 }
const roomsAPage = 100

/** Behind a room, or behind an anomaly in it. */
type Cursor = readonly [roomId: string] | readonly [roomId: string, ...AnomalyKey]
const isKey = (parts: readonly string[]): parts is AnomalyKey => parts.length === 3
const isCursor = (parts: unknown): parts is Cursor =>
  Array.isArray(parts) && (parts.length === 1 || parts.length === 4) && parts.every((part) => typeof part === 'string')

/**
 * Walks the rooms by id and gives what an auditor should look at, with the work of one answer bounded: it may hold few or none and
 * still say where to go on.
 * @returns a function that throws Problem 404 for a room that the ledger does not know, 400 for a cursor that is none
 */
export const createAnomalies = (store: EventStore, directory: Pick<Directory, 'roomIds'>) => {
  const eventsOf = async (roomId: string): Promise<RoomEvent[]> => {
    const events: RoomEvent[] = []
    for await (const event of store.readStream(roomStream(roomId))) events.push(withoutEvidence(toRoomEvent(event)))
    return events
  }

  return async ({ roomId, kinds, lateMs, limit, cursor }: AnomaliesQuery): Promise<Page<Anomaly>> => {
    const from = cursor === undefined ? undefined : decodeCursor(cursor, isCursor)
    const anomaliesIn = (room: string, events: readonly RoomEvent[]): readonly Anomaly[] => {
      const [, ...key] = from?.[0] === room ? from : []
      return anomaliesOf(room, events, { lateMs }).filter(
        (anomaly) => (!kinds || kinds.includes(anomaly.kind)) && (!isKey(key) || compareKeys(keyOf(anomaly), key) > 0),
      )
    }
    const page = (items: readonly Anomaly[], behind?: string): Page<Anomaly> => {
      const last = items.length > limit ? items[limit - 1]! : undefined
      const next: Cursor | undefined = last ? [last.roomId, ...keyOf(last)] : behind === undefined ? undefined : [behind]
      return { items: items.slice(0, limit), nextCursor: next ? encodeCursor(...next) : null }
    }

    if (roomId !== undefined) {
      if (from && (from[0] !== roomId || from.length === 1)) throw badCursor()
      const events = await eventsOf(roomId)
      if (!events.some(isFact)) throw unknownRoom(roomId)
      return page(anomaliesIn(roomId, events))
    }
    const items: Anomaly[] = []
    const looked = { rooms: 0, events: 0 }
    let behind: string | undefined
    for (const room of roomsFrom(directory, from)) {
      if (items.length > limit || looked.rooms >= most.rooms || looked.events >= most.events) return page(items, behind)
      const events = await eventsOf(room)
      for (const anomaly of anomaliesIn(room, events)) items.push(anomaly)
      looked.rooms += 1
      looked.events += events.length
      behind = room
    }
    return page(items)
  }
}
export type Anomalies = ReturnType<typeof createAnomalies>

/** Room by room, beginning with the one that the cursor stands in. */
function* roomsFrom(directory: Pick<Directory, 'roomIds'>, from: Cursor | undefined): Generator<string> {
  if (from?.length === 4) yield from[0]
  for (let after = from?.[0]; ;) {
    const page = directory.roomIds({ limit: roomsAPage, ...(after !== undefined && { after }) })
    yield* page
    if (page.length < roomsAPage) return
    after = page.at(-1)
  }
}

/** The callback's body is most of the memory, and nothing is found in it. */
const withoutEvidence = (event: RoomEvent): RoomEvent => {
  const { callback: _, ...metadata } = event.metadata
  return { ...event, metadata }
}
