import { clockToleranceMs } from './decide.js'
import type { Fact, RoomInfo } from './events.js'
import type { Facts, Life } from './life.js'
import { fieldsCarried, sameValue } from './operations.js'
import type { RoomState } from './room.js'

/** The vendor's code for a room that does not exist or was dissolved (trtc 60027). */
const roomAbsent = 100004

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

/**
 * Whether the vendor must be asked about a room, since what stands in its stream does not fit together and no look at the
 * vendor has been recorded since.
 */
export const isUnexplained = (state: RoomState): boolean =>
  state.life?.status === 'destroyed' ? wasToldOfAfterItsEnd(state, state.life) : state.life !== undefined && wasRefusedAsAbsent(state)

const wasToldOfAfterItsEnd = ({ sorted }: RoomState, { destroyedBy }: Life): boolean => {
  const end = sorted.findLastIndex(({ id }) => id === destroyedBy[0])
  const told = sorted.slice(end + 1).filter(({ type }) => type !== 'RoomDestroyed' && type !== 'RoomObserved')
  const newest = Math.max(-1, ...told.map(({ revision }) => revision))
  return newest >= 0 && !sorted.some(({ type, revision }) => type === 'RoomObserved' && revision > newest)
}

/** Of a room that should be there the vendor said that there is none; a create after the request explains that too. */
const wasRefusedAsAbsent = ({ operations, sorted }: RoomState): boolean => {
  const [refused] = operations
    .filter(({ status, vendor }) => status === 'rejected' && vendor?.errorCode === roomAbsent)
    .toSorted((a, b) => b.revision - a.revision)
  if (!refused) return false
  const explains = ({ type, metadata }: (typeof sorted)[number]): boolean =>
    type === 'RoomObserved' || (type === 'RoomCreated' && metadata.occurredAt >= refused.requestedAt)
  return !sorted.some((fact) => fact.revision > refused.revision && explains(fact))
}
