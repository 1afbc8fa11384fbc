import type { RoomEvent } from '#room'
import type { Anomaly, AnomalyKind } from './anomaly.js'
import { findChangesAfterDestroy } from './changes-after-destroy.js'
import { findConfirmedByReconciliation } from './confirmed-by-reconciliation.js'
import { findLateCallbacks } from './late-callbacks.js'
import { findNewOperators } from './new-operators.js'
import { findOwnerGaps } from './owner-gaps.js'
import { toRoomRecord, type RoomRecord } from './room-record.js'

export interface AnomalyOptions {
  /** A callback may take so long from the happening to the recording, in milliseconds. */
  readonly lateMs: number
}

const finders: Readonly<Record<AnomalyKind, (record: RoomRecord, options: AnomalyOptions) => readonly Anomaly[]>> = {
  'owner-gap': findOwnerGaps,
  'late-callback': (record, { lateMs }) => findLateCallbacks(record, lateMs),
  'changed-after-destroy': findChangesAfterDestroy,
  'confirmed-by-reconciliation': findConfirmedByReconciliation,
  'new-operator': findNewOperators,
}

/**
 * What an auditor should look at in the events of one room, by time; at one time by kind, then by event.
 * A function of the set of events: their order, and which of them come twice, leaves no trace.
 */
export const anomaliesOf = (roomId: string, events: Iterable<RoomEvent>, options: AnomalyOptions): readonly Anomaly[] => {
  const record = toRoomRecord(roomId, events)
  return Object.values(finders)
    .flatMap((find) => find(record, options))
    .toSorted(compareAnomalies)
}

/** What an anomaly of a room is told from all others by, and stands in order by: time, kind, the odd event. */
export type AnomalyKey = readonly [occurredAt: string, kind: string, eventId: string]

export const keyOf = ({ occurredAt, kind, eventIds }: Anomaly): AnomalyKey => [occurredAt, kind, eventIds.at(-1) ?? '']

/** RFC 3339 UTC times of one format compare as text. */
export const compareKeys = (a: AnomalyKey, b: AnomalyKey): number => {
  const differs = a.findIndex((part, place) => part !== b[place])
  return differs < 0 ? 0 : a[differs]! < b[differs]! ? -1 : 1
}

const compareAnomalies = (a: Anomaly, b: Anomaly): number => compareKeys(keyOf(a), keyOf(b))
