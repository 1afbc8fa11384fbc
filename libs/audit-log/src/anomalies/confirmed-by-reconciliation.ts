import { evolveOperations, type Operation } from '#room'
import type { ConfirmedByReconciliation } from './anomaly.js'
import type { RoomRecord } from './room-record.js'

/** Operations that a look at the vendor confirmed, because no callback had until then. */
export const findConfirmedByReconciliation = ({ roomId, recorded }: RoomRecord): ConfirmedByReconciliation[] =>
  recorded.reduce<readonly Operation[]>(evolveOperations, []).flatMap((operation) => {
    const { operationId, kind, requestedBy, requestEventId, confirmation } = operation
    if (confirmation?.source !== 'reconciliation') return []
    const { eventId, occurredAt, recordedAt, unverified } = confirmation
    return [
      {
        kind: 'confirmed-by-reconciliation',
        roomId,
        occurredAt,
        recordedAt,
        operationId,
        operation: kind,
        requestedBy,
        ...(unverified && { unverified }),
        eventIds: [requestEventId, eventId],
      },
    ]
  })
