import { readOwnerTrail, type OwnerTrailEntry, type RecordedFact } from '#room'
import type { OwnerGap } from './anomaly.js'
import type { RoomRecord } from './room-record.js'

/** Where the chain of owners is broken, as `GET /v1/rooms/{roomId}/owners` has it. */
export const findOwnerGaps = ({ roomId, placed }: RoomRecord): OwnerGap[] => {
  const { items, gaps } = readOwnerTrail(placed.map(({ fact }) => toEntry(fact)))
  const places = new Map(items.map(({ eventId }, place) => [eventId, place]))
  return gaps.map(({ life, expected, found, eventId }) => {
    const place = places.get(eventId)!
    const { recordedAt, since } = items[place]!
    const eventIds = [items[place - 1]!.eventId, eventId]
    // Only of the first owner of a life can the beginning be unknown, and that one breaks no chain.
    return { kind: 'owner-gap', roomId, life, occurredAt: since!, recordedAt, expected, found, eventIds }
  })
}

/** As the projection `owner-trail` emits it, but for what has nothing to do with the chain. */
const toEntry = (fact: RecordedFact): OwnerTrailEntry => {
  const { id, revision, type, metadata } = fact
  const { occurredAt, timeSource, recordedAt, source, actor } = metadata
  const entry = { revision, eventId: id, type, occurredAt, timeSource, recordedAt, source, actor }
  switch (fact.type) {
    case 'RoomCreated':
      return { ...entry, ...(fact.data.owner !== undefined && { to: fact.data.owner }) }
    case 'RoomObserved':
      return { ...entry, exists: fact.data.exists, ...(fact.data.owner !== undefined && { to: fact.data.owner }) }
    case 'OwnerChanged':
      return { ...entry, to: fact.data.to, ...(fact.data.from !== undefined && { from: fact.data.from }) }
    case 'RoomDestroyed':
      return { ...entry, cause: fact.data.cause }
    default:
      return entry
  }
}
