import type { Fact, RoomInfo } from './events.js'
import { decideFact, ledgerItself, type NewEvent } from './decide.js'
import { fieldsAsked, fieldsCarried, fieldsShown, sameValue, type Operation } from './operations.js'
import type { RoomState } from './room.js'

/** What the vendor answered when it was asked about a room. */
export interface Observation {
  readonly roomId: string
  readonly exists: boolean
  readonly owner?: string
  readonly info?: RoomInfo
  /** When it was asked. */
  readonly observedAt: string
  /** The operation it was asked for, which it thereby settles. */
  readonly operationId?: string
  /** Derives an event id from a name that is unique within this observation. */
  readonly eventId: (name: string) => string
}

/**
 * Records what a look at the vendor shows and no callback told: the facts that are missing, then the look itself.
 * A look that shows nothing new and settles nothing is not recorded.
 */
export const decideObservation = (state: RoomState, observation: Observation): readonly NewEvent[] => {
  const operation = state.operations.find(({ operationId }) => operationId === observation.operationId)
  return [...missedFacts(state, observation), ...look(state, observation)].flatMap((fact) => {
    const occurredAfter = lastKnown(state, fact)
    const settles = operation && (fact.type === 'RoomObserved' || fieldsShown(operation, fact).length > 0)
    return decideFact(state, {
      id: observation.eventId(fact.type),
      fact,
      occurredAt: observation.observedAt,
      timeSource: 'observed',
      ...(occurredAfter !== undefined && { occurredAfter }),
      source: 'reconciliation',
      actor: ledgerItself,
      ours: false,
      ...(settles && { operationId: operation.operationId }),
    })
  })
}

const missedFacts = ({ life }: RoomState, { roomId, exists, owner, info = {} }: Observation): Fact[] => {
  if (life?.status !== 'active') return []
  if (!exists) return [{ type: 'RoomDestroyed', data: { roomId, cause: null } }]
  const changed = fieldsCarried(info, info).filter((field) => !sameValue(info[field], life.info[field]))
  const facts: Fact[] = []
  if (changed.length > 0)
    facts.push({ type: 'RoomUpdated', data: { roomId, info: Object.fromEntries(changed.map((field) => [field, info[field]])) } })
  if (owner !== undefined && owner !== life.owner)
    facts.push({ type: 'OwnerChanged', data: { roomId, ...(life.owner !== null && { from: life.owner }), to: owner } })
  return facts
}

const look = (state: RoomState, observation: Observation): Fact[] => {
  const { roomId, exists, owner, info, operationId } = observation
  const tellsNothing = exists
    ? state.life?.status === 'active' && missedFacts(state, observation).length === 0
    : state.life?.status !== 'active'
  // A room that was never there leaves no trace, unless an operation hangs on the answer.
  if (operationId === undefined && tellsNothing) return []
  return [{ type: 'RoomObserved', data: { roomId, exists, ...(owner !== undefined && { owner }), ...(info && { info }) } }]
}

/** The last moment at which what a fact replaces was known to hold. */
const lastKnown = ({ sorted }: RoomState, fact: Fact): string | undefined => {
  const tellers: Partial<Record<Fact['type'], readonly Fact['type'][]>> = {
    OwnerChanged: ['RoomCreated', 'OwnerChanged', 'RoomObserved'],
    RoomUpdated: ['RoomCreated', 'RoomUpdated', 'RoomObserved'],
  }
  return sorted.findLast(({ type }) => tellers[fact.type]?.includes(type) ?? true)?.metadata.occurredAt
}

/** Whether the vendor's room is as an operation asked for, in all that the answer says. */
export const isAsRequested = (operation: Operation, { roomId, exists, owner, info }: Observation): boolean => {
  if (operation.kind === 'destroy-room') return !exists
  if (!exists) return false
  const seen: Fact = { type: 'RoomObserved', data: { roomId, exists, ...(owner !== undefined && { owner }), ...(info && { info }) } }
  const shown = fieldsShown(operation, seen)
  const said = { ...info, owner, newOwner: owner } as Record<string, unknown>
  return fieldsAsked(operation).every((field) => said[field] === undefined || shown.includes(field))
}
