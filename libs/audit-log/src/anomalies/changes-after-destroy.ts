import type { Placed, RecordedFact } from '#room'
import type { ChangedAfterDestroy } from './anomaly.js'
import type { RoomRecord } from './room-record.js'

/**
 * What was told of a room after its end, with no create between; and looks at the vendor that showed it there again. That it
 * has ended may be told twice: by a look, and by the callback.
 */
export const findChangesAfterDestroy = ({ roomId, placed }: RoomRecord): ChangedAfterDestroy[] => {
  const found: ChangedAfterDestroy[] = []
  let end: Placed<RecordedFact> | undefined
  for (const next of placed) {
    const { fact, begins, afterDestroy } = next
    const { occurredAt, recordedAt, actor } = fact.metadata
    if (end && (begins ? fact.type === 'RoomObserved' : afterDestroy && fact.type !== 'RoomDestroyed'))
      found.push({
        kind: 'changed-after-destroy',
        roomId,
        life: end.life,
        occurredAt,
        recordedAt,
        type: fact.type,
        actor,
        destroyedAt: end.fact.metadata.occurredAt,
        eventIds: [end.fact.id, fact.id],
      })
    if (begins) end = undefined
    if (fact.type === 'RoomDestroyed' && !afterDestroy) end = next
  }
  return found
}
