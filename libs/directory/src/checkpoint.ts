import type { DatabaseSync } from 'node:sqlite'
import type { EventStore, RecordedEvent } from '#event-store'

/** The last event that the rows stand for. */
export type Checkpoint = Pick<RecordedEvent, 'position' | 'stream' | 'revision' | 'id'>

/** @returns undefined while no event has been taken in. */
export const readCheckpoint = (db: DatabaseSync): Checkpoint | undefined => {
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

/**
 * Whether the rows come from this store: a restored backup or another ledger under the same settings lacks the very
 * event, though its log may be longer.
 *
 * @throws StoreUnavailable
 */
export const isKnownTo = async (store: EventStore, checkpoint: Checkpoint | undefined): Promise<boolean> => {
  if (!checkpoint) return true
  const { stream, revision, id, position } = checkpoint
  for await (const event of store.readStream(stream, { from: revision, limit: 1 })) return event.id === id && event.position === position
  return false
}
