import type { DatabaseSync } from 'node:sqlite'
import { isOpen, openOperations, readOwnerTrail, statisticsOf, type OwnerTrailEntry, type RecordedFact, type RoomState } from '#room'
import type { Ownership, RoomRow } from './directory.js'

/** Writes what the index holds of a room: everything that can be asked for, replaced as a whole. */
export const createWriter = (db: DatabaseSync) => {
  const putRoom = db.prepare('INSERT OR REPLACE INTO rooms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const putOperation = db.prepare('INSERT OR REPLACE INTO operations VALUES (?, ?, ?, ?, ?, ?, ?)')
  const dropOwnerships = db.prepare('DELETE FROM ownerships WHERE room_id = ?')
  const putOwnership = db.prepare('INSERT OR REPLACE INTO ownerships VALUES (?, ?, ?, ?)')
  const setPosition = db.prepare('UPDATE progress SET position = ?')

  const writeOwnerships = (roomId: string, { sorted }: RoomState): void => {
    dropOwnerships.run(roomId)
    for (const { account, ...ownership } of ownershipsOf(roomId, sorted))
      // Still going on sorts before all that ended; the event id makes the key unique.
      putOwnership.run(
        account,
        `${ownership.until === null ? '1' : '0'}${ownership.since ?? ''}|${roomId}|${ownership.eventId}|${ownership.since === null ? 'a' : 'b'}`,
        roomId,
        JSON.stringify(ownership),
      )
  }

  return {
    /** @param touched operations that the new events concern; all of them when undefined. */
    write: (roomId: string, state: RoomState, previous: RoomState | undefined): void => {
      const row = toRow(roomId, state)
      if (row) {
        const { roomName = null, category = [], activityStatus = null, isPublicVisible } = row.info
        const visible = isPublicVisible === undefined ? null : Number(isPublicVisible)
        const categories = category.map((tag) => `,${tag},`).join('')
        // A room whose beginning was not seen sorts by when it was first heard of, as far as is known: before all others.
        putRoom.run(
          roomId,
          row.status,
          row.owner,
          roomName,
          categories,
          activityStatus,
          visible,
          row.createdAt ?? '',
          row.updatedAt,
          JSON.stringify(row),
        )
      }
      for (const operation of state.operations) {
        if (previous?.operations.includes(operation)) continue
        const { operationId, status, requestedBy, requestedAt } = operation
        putOperation.run(operationId, roomId, status, Number(isOpen(operation)), requestedBy.id, requestedAt, JSON.stringify(operation))
      }
      if (!previous || previous.sorted.length !== state.sorted.length) writeOwnerships(roomId, state)
    },
    setPosition: (position: bigint): void => void setPosition.run(String(position)),
  }
}

const toRow = (roomId: string, state: RoomState): RoomRow | undefined => {
  if (!state.life) return undefined
  const { destroyedBy: _by, statistics: _statistics, ...view } = state.life
  const pendingOperations = openOperations(state).map(({ operationId, kind, status, requestedAt }) => ({
    operationId,
    kind,
    status,
    requestedAt,
  }))
  return { roomId, ...view, ...statisticsOf(state.life, state.operations), revision: state.factRevision, pendingOperations }
}

function* ownershipsOf(roomId: string, facts: readonly RecordedFact[]): Generator<Ownership & { account: string }> {
  for (const { to, life, since, until, timeSource, eventId, link, from, source } of readOwnerTrail(facts.map(toTrailEntry)).items) {
    yield { account: to, roomId, life, since, until, timeSource, eventId, link }
    // The first change seen of a life names the owner before: they had the room from a time that nobody saw.
    if (link === 'first' && from !== null && source === 'callback')
      yield { account: from, roomId, life, since: null, until: since, timeSource: null, eventId, link: null }
  }
}

const toTrailEntry = ({ id, type, revision, data, metadata }: RecordedFact): OwnerTrailEntry => {
  const { occurredAt, timeSource, recordedAt, source, actor } = metadata
  const to = 'to' in data ? data.to : 'owner' in data ? data.owner : undefined
  return {
    revision,
    eventId: id,
    type,
    occurredAt,
    timeSource,
    recordedAt,
    source,
    actor,
    ...('from' in data && data.from !== undefined && { from: data.from }),
    ...(to !== undefined && { to }),
    ...('exists' in data && { exists: data.exists }),
  }
}
