import { toRoomEvent } from '#directory'
import type { EventStore, JsonObject } from '#event-store'
import type { Projections } from '#projections'
import { isFact, isSeenFrom, type RoomEvent, type Standpoint } from '#room'
import { encodePosition } from '../ledger/position.js'
import { roomStream } from '../ledger/present.js'
import { badCursor, decodeCursor, encodeCursor } from './cursor.js'

export interface HistoryQuery extends Standpoint {
  readonly order: 'asc' | 'desc'
  readonly types?: readonly string[] | undefined
  /** By occurredAt: from (inclusive) and to (exclusive), RFC 3339 UTC with milliseconds. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly includeOperations: boolean
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface HistoryEntry extends JsonObject {
  readonly revision: number
  readonly type: string
  readonly occurredAt: string
  readonly recordedAt: string
}

/** Pages through a room's history in the order of recording. `undefined`: there is nothing, from where the query looks. */
export const readHistory = async (projections: Projections, store: EventStore, roomId: string, query: HistoryQuery) => {
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, isCursor)
  const facts = emittedEntries(projections, `roomHistory-${roomId}`, query.order, after)
  const entries = query.includeOperations
    ? mergeByRevision(facts, operationEntries(store, roomId, query.order, after?.[0]), query.order)
    : facts
  const items: JsonObject[] = []
  let nextCursor: string | null = null
  let seen = after !== undefined
  let last: Numbered | undefined
  for await (const numbered of entries) {
    if (!isSeenFrom(numbered.entry, query)) continue
    seen = true
    if (!matches(numbered.entry, query)) continue
    if (items.length === query.limit) {
      nextCursor = encodeCursor(last!.entry.revision, last!.emitted)
      break
    }
    last = numbered
    items.push({ ...numbered.entry, position: encodePosition({ stream: roomStream(roomId), revision: numbered.entry.revision }) })
  }
  return seen ? { items, nextCursor } : undefined
}

/** An entry and its revision in the emitted stream (-1: it stands in none). */
interface Numbered {
  readonly entry: HistoryEntry
  readonly emitted: number
}

/** [revision in the room's stream, a hint: revision in the emitted stream]. The first stays true when the projection is rebuilt. */
type HistoryCursor = readonly [number, number]
const isCursor = (parts: unknown): parts is HistoryCursor =>
  Array.isArray(parts) && parts.length === 2 && parts.every((part) => Number.isSafeInteger(part))

async function* emittedEntries(
  projections: Projections,
  stream: string,
  order: 'asc' | 'desc',
  after: HistoryCursor | undefined,
): AsyncGenerator<Numbered> {
  const direction = order === 'asc' ? 'forwards' : 'backwards'
  const hint = after && after[1] >= 0 ? await hintHolds(projections, stream, after) : undefined
  for await (const { data, revision } of projections.readEmitted(stream, { direction, ...(hint !== undefined && { from: hint }) })) {
    const entry = data as HistoryEntry
    if (after && (order === 'asc' ? entry.revision <= after[0] : entry.revision >= after[0])) continue
    yield { entry, emitted: revision }
  }
}

const hintHolds = async (projections: Projections, stream: string, [revision, emitted]: HistoryCursor): Promise<number | undefined> => {
  if (emitted < 0 || revision < 0) throw badCursor()
  for await (const { data } of projections.readEmitted(stream, { from: emitted, limit: 1 }))
    if ((data as HistoryEntry).revision === revision) return emitted
  return undefined
}

async function* operationEntries(
  store: EventStore,
  roomId: string,
  order: 'asc' | 'desc',
  after: number | undefined,
): AsyncGenerator<Numbered> {
  const from = after === undefined ? undefined : order === 'asc' ? after + 1 : after - 1
  if (from !== undefined && from < 0) return
  const direction = order === 'asc' ? 'forwards' : 'backwards'
  for await (const recorded of store.readStream(roomStream(roomId), { direction, ...(from !== undefined && { from }) })) {
    const event = toRoomEvent(recorded)
    if (!isFact(event)) yield { entry: toOperationEntry(event), emitted: -1 }
  }
}

const toOperationEntry = ({ id, type, revision, data, metadata }: RoomEvent): HistoryEntry => ({
  revision,
  // A request belongs to no life: nobody knows yet which one it will meet.
  life: null,
  eventId: id,
  type,
  occurredAt: metadata.occurredAt,
  timeSource: metadata.timeSource,
  recordedAt: metadata.recordedAt,
  source: metadata.source,
  actor: { ...metadata.actor },
  operationId: 'operationId' in data ? data.operationId : null,
  changes: [],
  late: false,
  afterDestroy: false,
  data: data as unknown as JsonObject,
})

async function* mergeByRevision(a: AsyncGenerator<Numbered>, b: AsyncGenerator<Numbered>, order: 'asc' | 'desc'): AsyncGenerator<Numbered> {
  let [left, right] = await Promise.all([a.next(), b.next()])
  try {
    while (!left.done || !right.done) {
      const takeLeft = right.done || (!left.done && left.value.entry.revision < right.value.entry.revision === (order === 'asc'))
      if (takeLeft) {
        yield left.value as Numbered
        left = await a.next()
      } else {
        yield right.value as Numbered
        right = await b.next()
      }
    }
  } finally {
    // The reader may stop at the end of its page: both reads are then let go.
    await Promise.all([a.return(undefined), b.return(undefined)])
  }
}

const matches = ({ type, occurredAt }: HistoryEntry, { types, from, to }: HistoryQuery): boolean =>
  (!types || types.includes(type)) && (from === undefined || occurredAt >= from) && (to === undefined || occurredAt < to)
