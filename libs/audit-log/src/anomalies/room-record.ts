import { compareMoments, eventTypes, isFact, momentOf, placeFacts, type Placed, type RecordedFact, type RoomEvent } from '#room'

/** The events of one room, made ready for those that look for anomalies. */
export interface RoomRecord {
  readonly roomId: string
  /** Each once, in the order of recording. */
  readonly recorded: readonly RoomEvent[]
  /** The same in the order in which they happened. */
  readonly happened: readonly RoomEvent[]
  /** The facts in that order, with the life of each. */
  readonly placed: readonly Placed<RecordedFact>[]
}

const isOurs = new Set(eventTypes)

/** @param events in any order and however often; those of a type that is not the ledger's are left out: others wrote them */
export const toRoomRecord = (roomId: string, events: Iterable<RoomEvent>): RoomRecord => {
  const byId = new Map<string, RoomEvent>()
  for (const event of events) if (isOurs.has(event.type)) byId.set(event.id, event)
  const recorded = [...byId.values()].toSorted((a, b) => a.revision - b.revision)
  const happened = recorded.toSorted((a, b) => compareMoments(timeOf(a), timeOf(b)))
  return { roomId, recorded, happened, placed: placeFacts(recorded.filter(isFact), momentOf) }
}

const timeOf = ({ id, type, metadata: { occurredAt, timeSource } }: RoomEvent) => ({ id, type, occurredAt, timeSource })
