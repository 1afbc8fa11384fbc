import type { DatabaseSync } from 'node:sqlite'
import type { EventStore } from './event-store.js'
import type { RecordedEvent } from './event.js'

/** The last event that the rows of a derived file stand for. */
export type LogCheckpoint = Pick<RecordedEvent, 'position' | 'stream' | 'revision' | 'id'>

/** SQL of the table that holds it: part of the tables of the file. */
export const logCheckpointTable =
  'CREATE TABLE checkpoint (position TEXT NOT NULL, stream TEXT NOT NULL, revision INTEGER NOT NULL, event_id TEXT NOT NULL) STRICT;'

/** @returns undefined while no event has been taken in. */
export const readLogCheckpoint = (db: DatabaseSync): LogCheckpoint | undefined => {
  const row = db.prepare('SELECT position, stream, revision, event_id FROM checkpoint').get()
  return (
    row && {
      position: BigInt(String(row['position'])),
      stream: String(row['stream']),
      revision: Number(row['revision']),
      id: String(row['event_id']),
    }
  )
}

/** Belongs into the transaction that writes the rows. */
export const logCheckpointWriter = (db: DatabaseSync): ((checkpoint: LogCheckpoint) => void) => {
  const drop = db.prepare('DELETE FROM checkpoint')
  const put = db.prepare('INSERT INTO checkpoint VALUES (?, ?, ?, ?)')
  return ({ position, stream, revision, id }) => {
    drop.run()
    put.run(String(position), stream, revision, id)
  }
}

/**
 * Whether the rows come from this store: a restored backup or another ledger under the same settings lacks the very
 * event, though its log may be longer.
 *
 * @throws StoreUnavailable
 */
export const isKnownTo = async (store: EventStore, checkpoint: LogCheckpoint | undefined): Promise<boolean> => {
  if (!checkpoint) return true
  const { stream, revision, id, position } = checkpoint
  for await (const event of store.readStream(stream, { from: revision, limit: 1 })) return event.id === id && event.position === position
  return false
}
