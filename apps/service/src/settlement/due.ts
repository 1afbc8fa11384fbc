import { fieldsAsked, sameValue, type Life, type Operation, type RoomInfo } from '#room'

/** Fields that the vendor's update callback carries (live-engine.md §2.4); `notice` is in no known edition of it. */
const carriedByCallback = new Set<string>([
  'roomName',
  'maxMemberCount',
  'isMessageDisabled',
  'coverUrl',
  'category',
  'activityStatus',
  'isPublicVisible',
  'takeSeatMode',
])

export interface Waits {
  /** For the callback of an accepted operation. */
  readonly confirmationMs: number
  /** Before a look that no callback can replace. */
  readonly promptMs: number
  /** For the answer of a call that this process did not make, or no longer makes. */
  readonly callMs: number
}

/**
 * When an open operation is to be settled by asking the vendor, as Unix milliseconds.
 * @param life the room as the ledger knows it.
 */
export const dueAt = (operation: Operation, life: Life | undefined, waits: Waits): number => {
  const since = Date.parse(operation.answeredAt ?? operation.requestedAt)
  switch (operation.status) {
    case 'unresolved':
      return since
    case 'accepted':
      return since + (willTell(operation, life) ? waits.confirmationMs : waits.promptMs)
    default:
      return since + waits.callMs
  }
}

/** Whether a callback can still be expected to show what is missing. */
const willTell = ({ kind, parameters, seen, ...operation }: Operation, life: Life | undefined): boolean => {
  if (kind === 'change-owner') return life?.owner !== parameters.newOwner
  if (kind !== 'update-room') return true
  const missing = fieldsAsked({ ...operation, kind, parameters }).filter((field) => !seen.includes(field))
  return missing.some(
    (field) => carriedByCallback.has(field) && !sameValue(parameters[field as keyof RoomInfo], life?.info[field as keyof RoomInfo]),
  )
}
