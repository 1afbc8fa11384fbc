import type { RecordedFact, RoomEvent, RoomEventMetadata, Statistics } from './events.js'
import { isFact } from './events.js'
import type { Facts, Life } from './life.js'
import { foldFacts, foldSorted, momentOf, noFacts, stepLife } from './life.js'
import type { Operation } from './operations.js'
import { evolveOperations, isOpen } from './operations.js'
import type { Moment, Placed } from './timeline.js'
import { compareMoments, isLoose, placeFacts } from './timeline.js'

/** Everything that the stream of one room id says. Plain data; never changed in place. */
export interface RoomState extends Facts {
  readonly operations: readonly Operation[]
  /** The requests and outcomes that the operations come from, in the order of recording: so they can be told as they once were. */
  readonly calls: readonly RoomEvent[]
  /** Revision of the youngest recorded fact; -1 while there is none. It is the room's ETag: our own requests leave it alone. */
  readonly factRevision: number
}

export const initialRoom: RoomState = { ...noFacts, operations: [], calls: [], factRevision: -1 }

/**
 * Takes further events of the stream into account, in the order of recording.
 *
 * Facts younger than all before (the usual case) cost the same however long the history is; a late one folds again.
 * Both ways lead to the same state.
 */
export const evolveRoom = (state: RoomState, events: readonly RoomEvent[]): RoomState => {
  const facts = events.filter(isFact).map(withoutEvidence)
  const operations = events.reduce(evolveOperations, state.operations)
  const others = events.filter((event) => !isFact(event))
  const calls = others.length === 0 ? state.calls : [...state.calls, ...others]
  if (facts.length === 0) return { ...state, operations, calls }
  return { ...withFacts(state, facts), operations, calls, factRevision: youngestRecorded(facts, state.factRevision) }
}

const youngestRecorded = (facts: readonly RecordedFact[], before = -1): number =>
  facts.reduce((youngest, { revision }) => Math.max(youngest, revision), before)

export const foldRoom = (events: readonly RoomEvent[]): RoomState => evolveRoom(initialRoom, events)

/** From where one looks back. Times are RFC 3339 UTC with milliseconds, both inclusive; absent: now. */
export interface Standpoint {
  /** What had happened by then, by the vendor's clock where it told. */
  readonly at?: string | undefined
  /** What the service had recorded by then. By time and not by revision: the clocks of two instances may differ. */
  readonly knownAt?: string | undefined
}

export const isSeenFrom = (
  { occurredAt, recordedAt }: Pick<RoomEventMetadata, 'occurredAt' | 'recordedAt'>,
  { at, knownAt }: Standpoint,
): boolean => (at === undefined || occurredAt <= at) && (knownAt === undefined || recordedAt <= knownAt)

/**
 * The room as it is seen from there: all events that had happened and were recorded by then, requests and outcomes among
 * them, folded as if there were no others. Takes time in proportion to the room's events.
 */
export const asOf = (state: RoomState, standpoint: Standpoint): RoomState => {
  if (standpoint.at === undefined && standpoint.knownAt === undefined) return state
  const isSeen = ({ metadata }: RoomEvent): boolean => isSeenFrom(metadata, standpoint)
  const facts = state.sorted.filter(isSeen)
  const calls = state.calls.filter(isSeen)
  return { ...foldSorted(facts), operations: foldOperations(facts, calls), calls, factRevision: youngestRecorded(facts) }
}

/** Each operation by itself: there may be thousands, and none concerns another. */
const foldOperations = (facts: readonly RecordedFact[], calls: readonly RoomEvent[]): readonly Operation[] => {
  const answers = facts.filter(({ metadata }) => metadata.operationId !== undefined)
  const recorded = [...calls, ...answers].toSorted((a, b) => a.revision - b.revision)
  const idOf = (event: RoomEvent): string | undefined => (isFact(event) ? event.metadata.operationId : event.data.operationId)
  return [...Map.groupBy(recorded, idOf).values()].flatMap((events) => events.reduce(evolveOperations, []))
}

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
