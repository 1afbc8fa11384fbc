import type { LateCallback } from './anomaly.js'
import type { RoomRecord } from './room-record.js'

/** @param lateMs a callback may take so long from the happening to the recording, in milliseconds */
export const findLateCallbacks = ({ roomId, placed }: RoomRecord, lateMs: number): LateCallback[] =>
  placed.flatMap(({ fact: { id, type, metadata }, life }) => {
    const { source, occurredAt, recordedAt } = metadata
    const delayMs = Date.parse(recordedAt) - Date.parse(occurredAt)
    return source === 'callback' && delayMs > lateMs
      ? [{ kind: 'late-callback', roomId, life, occurredAt, recordedAt, type, delayMs, eventIds: [id] }]
      : []
  })
