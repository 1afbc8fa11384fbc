import type { DatabaseSync } from 'node:sqlite'
import { atOnce, logCheckpointWriter } from '#event-store'
import { isOpen, isUnexplained, type RoomState } from '#room'
import type { RoomRow } from './directory.js'
import { foldText } from './folded-text.js'
import { mayMoveOwnerships, namedOwners, ownershipsOf } from './ownerships.js'
import { toRow } from './room-row.js'

/** Writes what a batch changed, all of it or nothing, together with how far it reaches. */
export const createWriter = (db: DatabaseSync) => {
  const putRoom = db.prepare('INSERT OR REPLACE INTO rooms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const putView = db.prepare('INSERT OR REPLACE INTO room_views VALUES (?, ?)')
  const putOperation = db.prepare('INSERT OR REPLACE INTO operations VALUES (?, ?, ?, ?, ?, ?, ?)')
  const dropOwnerships = db.prepare('DELETE FROM ownerships WHERE room_id = ?')
  const putOwnership = db.prepare('INSERT OR REPLACE INTO ownerships VALUES (?, ?, ?, ?, ?)')
  // Whoever was once named stays so; of most nothing changes when a fact comes in.
  const putNamed = db.prepare(`
    INSERT INTO named_owners VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET named_at = excluded.named_at, known_at = excluded.known_at, until = excluded.until
    WHERE (named_at, known_at, until) IS NOT (excluded.named_at, excluded.known_at, excluded.until)`)
  const putToAskAbout = db.prepare('INSERT OR IGNORE INTO rooms_to_ask_about VALUES (?)')
  const dropToAskAbout = db.prepare('DELETE FROM rooms_to_ask_about WHERE room_id = ?')

  const writeSearched = ({ roomId, status, createdAt, updatedAt, owner, info }: RoomRow): void => {
    const { roomName = '', category = [], activityStatus = null, isPublicVisible } = info
    putRoom.run(
      roomId,
      status,
      // A room whose beginning was not seen is older than what the ledger knows: it stands before all others.
      createdAt ?? '',
      updatedAt,
      owner,
      activityStatus,
      isPublicVisible === undefined ? null : Number(isPublicVisible),
      category.map((tag) => `,${tag},`).join(''),
      foldText(roomId),
      foldText(roomName),
    )
  }
  const writeOperations = ({ operations }: RoomState, previous: RoomState | undefined): void => {
    for (const [index, operation] of operations.entries()) {
      if (previous?.operations[index] === operation) continue
      const { operationId, roomId, status, requestedBy, requestedAt } = operation
      putOperation.run(operationId, roomId, status, Number(isOpen(operation)), requestedBy.id, requestedAt, JSON.stringify(operation))
    }
  }
  const writeOwnerships = (roomId: string, { sorted }: RoomState): void => {
    dropOwnerships.run(roomId)
    const ownerships = [...ownershipsOf(roomId, sorted)]
    for (const { account, ...ownership } of ownerships)
      putOwnership.run(account, ownership.since ?? '', roomId, ownership.eventId, JSON.stringify(ownership))
    for (const { account, namedAt, knownAt, until } of namedOwners(sorted, ownerships))
      putNamed.run(account, roomId, namedAt, knownAt, until)
  }

  return {
    /** @param previous the room as the rows show it so far; undefined when there are none */
    writeRoom: (roomId: string, state: RoomState, previous: RoomState | undefined): void => {
      const row = toRow(roomId, state)
      if (row && previous?.life !== state.life) writeSearched(row)
      if (row) putView.run(roomId, JSON.stringify(row))
      writeOperations(state, previous)
      if (isUnexplained(state)) putToAskAbout.run(roomId)
      else if (previous && isUnexplained(previous)) dropToAskAbout.run(roomId)
      if (!previous || mayMoveOwnerships(previous, state)) writeOwnerships(roomId, state)
    },
    writeCheckpoint: logCheckpointWriter(db),
    /** Runs `work` in one transaction. */
    atOnce: (work: () => void): void => atOnce(db, work),
  }
}
