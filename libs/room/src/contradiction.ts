import { clockToleranceMs } from './decide.js'
import type { Fact, RoomInfo } from './events.js'
import type { Facts } from './life.js'
import { fieldsCarried, sameValue } from './operations.js'

/** A room as it was seen, or is believed to be. Absent: not said. */
export interface Seen {
  readonly exists: boolean
  readonly owner?: string | null
  readonly info?: RoomInfo
}

/** Whether a room that looks like this cannot be how the fact left it. */
export const contradicts = ({ exists, owner, info = {} }: Seen, fact: Fact): boolean => {
  switch (fact.type) {
    case 'RoomDestroyed':
      return exists
    case 'RoomCreated':
      return !exists
    case 'OwnerChanged':
      return exists && typeof owner === 'string' && owner !== fact.data.to
    case 'RoomUpdated':
      return exists && fieldsCarried(fact.data.info, info).some((field) => !sameValue(info[field], fact.data.info[field]))
    default:
      return false
  }
}

/**
 * Whether a fact just recorded may be younger than a look at the vendor that was recorded before it and counts as the
 * younger one: the two are dated by different clocks. Only another look can tell.
 */
export const mayBeOverlooked = ({ life, sorted }: Facts, factId: string): boolean => {
  const fact = sorted.find(({ id }) => id === factId)
  if (!life || !fact || !contradicts({ ...life, exists: life.status === 'active' }, fact)) return false
  const since = Date.parse(fact.metadata.occurredAt)
  return sorted.some(({ type, revision, metadata }) => {
    const aheadMs = Date.parse(metadata.occurredAt) - since
    return type === 'RoomObserved' && revision < fact.revision && aheadMs >= 0 && aheadMs <= clockToleranceMs
  })
}
