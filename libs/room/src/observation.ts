import type { Fact, RecordedFact, RoomInfo } from './events.js'
import { contradicts, isUnexplained } from './contradiction.js'
import { clockToleranceMs, decideFact, ledgerItself, type NewEvent } from './decide.js'
import { momentOf, type Life } from './life.js'
import { fieldsAsked, fieldsCarried, fieldsShown, sameValue, type Operation } from './operations.js'
import type { RoomState } from './room.js'
import { placeFacts } from './timeline.js'

/** What the vendor answered when it was asked about a room. */
export interface Observation {
  readonly roomId: string
  readonly exists: boolean
  readonly owner?: string
  readonly info?: RoomInfo
  /** When it was asked, by the clock that facts are recorded with. */
  readonly observedAt: string
  /** The operation it was asked for, which it thereby settles. */
  readonly operationId?: string
  /** Derives an event id from a name that is unique within this observation. */
  readonly eventId: (name: string) => string
}

/**
 * Records what a look at the vendor shows and no callback told: the facts that are missing, then the look itself.
 * A look that shows nothing new, settles nothing and explains nothing is not recorded, nor is what was overtaken while it
 * was under way; nor one that denies what was told meanwhile and would count as younger, since it may well be older: look
 * again.
 */
export const decideObservation = (state: RoomState, observation: Observation): readonly NewEvent[] => {
  const operation = state.operations.find(({ operationId }) => operationId === observation.operationId)
  const occurredAt = momentOfLook(state, observation)
  const told = state.sorted.filter(({ metadata }) => metadata.recordedAt >= observation.observedAt)
  if (told.some((fact) => fact.metadata.occurredAt <= occurredAt && contradicts(observation, fact))) return []
  return factsOf(state, observation).flatMap((fact) => {
    const occurredAfter = lastKnown(state, fact, occurredAt)
    const settles = operation && (fact.type === 'RoomObserved' || fieldsShown(operation, fact).length > 0)
    return decideFact(state, {
      id: observation.eventId(fact.type),
      fact,
      occurredAt,
      timeSource: 'observed',
      ...(occurredAfter !== undefined && { occurredAfter }),
      source: 'reconciliation',
      actor: ledgerItself,
      ours: false,
      ...(settles && { operationId: operation.operationId }),
    })
  })
}

/**
 * When a look counts. What was recorded before the vendor was asked is older than the answer, also where the vendor's
 * clock is ahead of ours: else a look right after a create would stand before it and begin a life of its own.
 */
const momentOfLook = ({ sorted }: RoomState, { observedAt }: Observation): string => {
  const limit = later(observedAt, clockToleranceMs)
  const youngest = sorted.findLast(({ metadata }) => metadata.recordedAt < observedAt && metadata.occurredAt <= limit)
  return youngest && youngest.metadata.occurredAt >= observedAt ? later(youngest.metadata.occurredAt, 1) : observedAt
}

const later = (time: string, ms: number): string => new Date(Date.parse(time) + ms).toISOString()

const factsOf = (state: RoomState, observation: Observation): Fact[] => {
  const { life, sorted } = state
  const { roomId, exists, owner, info, operationId, observedAt } = observation
  // Told while the vendor was being asked: nobody knows which of the two is younger, so the look does not contradict it.
  const meanwhile = sorted.filter(({ metadata }) => metadata.recordedAt >= observedAt)
  const overtaken = meanwhile.some(({ type }) => type === 'RoomCreated' || type === 'RoomDestroyed' || type === 'RoomObserved')
  const missed = overtaken || life?.status !== 'active' ? [] : missedFacts(life, observation, meanwhile)
  const learns = isUnexplained(state) || (exists && (life?.status !== 'active' || tellsNew(life, observation)))
  const differs = !overtaken && (missed.length > 0 || learns)
  // A room that was never there leaves no trace, unless an operation hangs on the answer.
  if (operationId === undefined && !differs) return []
  return [...missed, { type: 'RoomObserved', data: { roomId, exists, ...(owner !== undefined && { owner }), ...(info && { info }) } }]
}

/** What nobody had told before: the look itself carries it, since nobody knows that it ever was otherwise. */
const tellsNew = (life: Life, { owner, info = {} }: Observation): boolean =>
  (owner !== undefined && life.owner === null) || fieldsCarried(info, info).some((field) => life.info[field] === undefined)

/** Changes of what was known, which a callback should have told and did not. */
const missedFacts = (life: Life, { roomId, exists, owner, info = {} }: Observation, meanwhile: readonly RecordedFact[]): Fact[] => {
  if (!exists) return [{ type: 'RoomDestroyed', data: { roomId, cause: null } }]
  const changed = fieldsCarried(info, info).filter(
    (field) =>
      life.info[field] !== undefined &&
      !sameValue(info[field], life.info[field]) &&
      !meanwhile.some((fact) => infoIn(fact)[field] !== undefined),
  )
  const facts: Fact[] = []
  if (changed.length > 0)
    facts.push({ type: 'RoomUpdated', data: { roomId, info: Object.fromEntries(changed.map((field) => [field, info[field]])) } })
  if (owner !== undefined && life.owner !== null && owner !== life.owner && !meanwhile.some((fact) => ownerIn(fact) !== undefined))
    facts.push({ type: 'OwnerChanged', data: { roomId, from: life.owner, to: owner } })
  return facts
}

const infoIn = (fact: Fact): RoomInfo => ('info' in fact.data ? (fact.data.info ?? {}) : {})

const ownerIn = (fact: Fact): string | undefined =>
  fact.type === 'OwnerChanged' ? fact.data.to : 'owner' in fact.data ? fact.data.owner : undefined

/** The last moment before `time` at which what a fact replaces was known to hold: for several fields, to hold of them all. */
const lastKnown = ({ sorted, life }: RoomState, fact: Fact, time: string): string | undefined => {
  const before = sorted.filter(({ metadata }) => metadata.occurredAt <= time)
  if (fact.type !== 'OwnerChanged' && fact.type !== 'RoomUpdated') return before.at(-1)?.metadata.occurredAt
  const told = placeFacts(before, momentOf).filter((placed) => placed.life === life?.life && !placed.afterDestroy)
  const tellers =
    fact.type === 'OwnerChanged'
      ? [told.findLast((placed) => ownerIn(placed.fact) !== undefined)]
      : fieldsCarried(fact.data.info, fact.data.info).map((field) => told.findLast((placed) => infoIn(placed.fact)[field] !== undefined))
  return tellers.flatMap((teller) => teller?.fact.metadata.occurredAt ?? []).toSorted()[0]
}

/**
 * Whether the vendor's room is as an operation asked for, in all that the answer says. An answer without a word of it is
 * none; of a create, that the room is there says enough.
 */
export const isAsRequested = (operation: Operation, { roomId, exists, owner, info }: Observation): boolean => {
  if (operation.kind === 'destroy-room') return !exists
  if (!exists) return false
  const seen: Fact = { type: 'RoomObserved', data: { roomId, exists, ...(owner !== undefined && { owner }), ...(info && { info }) } }
  const shown = fieldsShown(operation, seen)
  const said = { ...info, owner, newOwner: owner } as Record<string, unknown>
  const silent = shown.length === 0 && operation.kind !== 'create-room'
  return !silent && fieldsAsked(operation).every((field) => said[field] === undefined || shown.includes(field))
}
