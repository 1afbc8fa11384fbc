import type { RecordedFact, RoomEvent, Statistics } from './events.js'
import { isFact } from './events.js'
import type { Facts, Life } from './life.js'
import { foldFacts, momentOf, noFacts, stepLife } from './life.js'
import type { Operation } from './operations.js'
import { evolveOperations, isOpen } from './operations.js'
import type { Moment, Placed } from './timeline.js'
import { compareMoments, isLoose, placeFacts } from './timeline.js'

/** Everything that the stream of one room id says. Plain data; never changed in place. */
export interface RoomState extends Facts {
  readonly operations: readonly Operation[]
  /** Revision of the youngest recorded fact; -1 while there is none. It is the room's ETag: our own requests leave it alone. */
  readonly factRevision: number
}

export const initialRoom: RoomState = { ...noFacts, operations: [], factRevision: -1 }

/**
 * Takes further events of the stream into account, in the order of recording.
 *
 * Facts younger than all before (the usual case) cost the same however long the history is; a late one folds again.
 * Both ways lead to the same state.
 */
export const evolveRoom = (state: RoomState, events: readonly RoomEvent[]): RoomState => {
  const facts = events.filter(isFact).map(withoutEvidence)
  const operations = events.reduce(evolveOperations, state.operations)
  if (facts.length === 0) return { ...state, operations }
  return { ...withFacts(state, facts), operations, factRevision: Math.max(state.factRevision, ...facts.map((fact) => fact.revision)) }
}

export const foldRoom = (events: readonly RoomEvent[]): RoomState => evolveRoom(initialRoom, events)

const withFacts = (state: Facts, facts: readonly RecordedFact[]): Facts => {
  const [fact] = facts
  const placed = fact && facts.length === 1 ? placeYoungest(state, momentOf(fact)) : undefined
  if (!fact || !placed) return foldFacts([...state.sorted, ...facts])
  return { sorted: [...state.sorted, fact], life: stepLife(state.life, { ...placed, fact }) }
}

/**
 * The life that a fact belongs to by what is known as it is recorded: by `state`, and by the facts that are recorded
 * directly before it. 0: a look at a room that never was there. A late fact may move it; what was recorded keeps its number.
 */
export const lifeOf = (state: Facts, moment: Moment, directlyBefore: readonly Moment[] = []): number => {
  const placed = directlyBefore.length === 0 ? placeYoungest(state, moment) : undefined
  if (placed) return placed.life
  const all = placeFacts([...state.sorted.map(momentOf), ...directlyBefore, moment], (known) => known)
  return all.find(({ fact }) => fact === moment)!.life
}

/** Places a fact that is younger than all before without looking at them; undefined: it takes all of them to tell. */
const placeYoungest = ({ sorted, life: standing }: Facts, moment: Moment): Placed<Moment> | undefined => {
  if (!isPlainlyYoungest(sorted, moment)) return undefined
  if (!standing) return placeFacts([moment], (known) => known)[0]
  const over = standing.status === 'destroyed'
  const looksEmpty = moment.type === 'RoomObserved' && !moment.exists
  const begins = moment.type === 'RoomCreated' || (moment.type === 'RoomObserved' && !looksEmpty && over)
  return { fact: moment, life: standing.life + (begins ? 1 : 0), begins, afterDestroy: !begins && over && !looksEmpty }
}

/** Younger than every fact before, and none of the creates that are only known to the second can move because of it. */
const isPlainlyYoungest = (sorted: readonly RecordedFact[], moment: Moment): boolean => {
  const youngest = sorted.at(-1)
  if (!youngest) return true
  if (compareMoments(momentOf(youngest), moment) >= 0 || isLoose(moment)) return false
  return moment.type !== 'RoomDestroyed' || !sorted.some((earlier) => isLoose(momentOf(earlier)) && sameSecond(momentOf(earlier), moment))
}

const sameSecond = (a: Moment, b: Moment): boolean => a.occurredAt.slice(0, 19) === b.occurredAt.slice(0, 19)

/** The callback's body is evidence for auditors; folding has no use for it, and it is most of the memory. */
const withoutEvidence = (fact: RecordedFact): RecordedFact => {
  const { callback: _callback, ...metadata } = fact.metadata
  return { ...fact, metadata }
}

/** Whether this very fact is in the ledger already, however late it comes again. */
export const hasFact = ({ sorted }: Facts, moment: Moment): boolean => {
  // Its time finds it, unless the time was only that of its first receipt.
  if (moment.timeSource === 'received') return sorted.some(({ id }) => id === moment.id)
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareMoments(momentOf(sorted[middle]!), moment) < 0) low = middle + 1
    else high = middle
  }
  return sorted[low]?.id === moment.id
}

/** The statistics that the room shows: the destroy callback's, else those that the destroy call answered. */
export const statisticsOf = (
  life: Life,
  operations: readonly Operation[],
): { statistics: Statistics | null; statisticsSource: 'callback' | 'command' | null } => {
  if (life.statistics) return { statistics: life.statistics, statisticsSource: 'callback' }
  const call = operations.find(
    ({ vendor, confirmation }) => vendor?.statistics && confirmation && life.destroyedBy.includes(confirmation.eventId),
  )
  return call ? { statistics: call.vendor!.statistics!, statisticsSource: 'command' } : { statistics: null, statisticsSource: null }
}

export const openOperations = ({ operations }: RoomState): readonly Operation[] => operations.filter(isOpen)
