import type {
  Actor,
  CallbackEvidence,
  Fact,
  OperationKind,
  OperationParameters,
  Outcome,
  Request,
  Requester,
  RoomInfo,
  Source,
  TimeSource,
} from './events.js'
import { isFact } from './events.js'
import { momentOf } from './life.js'
import { equalFields, fieldsCarried, requestTypes, sameValue, type Operation } from './operations.js'
import { hasFact, lifeOf, openOperations, type RoomState } from './room.js'
import type { Moment } from './timeline.js'

/** An event that a decision calls for. The one who appends adds recording time, salt, schema and application. */
export interface NewEvent {
  /** Same seed, same event id: deciding again after a crash repeats the id. */
  readonly id: string
  readonly event: Fact | Request | Outcome
  readonly metadata: {
    /** Absent: the time of recording. */
    readonly occurredAt?: string
    readonly timeSource: TimeSource
    readonly occurredAfter?: string
    readonly source: Source
    readonly actor: Actor
    readonly operationId?: string
    readonly attribution?: 'unique' | 'ambiguous'
    readonly callback?: CallbackEvidence
    readonly $correlationId?: string
    readonly $causationId?: string
  }
}

/** The life of each of the events that one decision calls for, in their order; none for requests and outcomes. */
export const livesOf = (state: RoomState, events: readonly NewEvent[]): readonly (number | undefined)[] => {
  const before: Moment[] = []
  return events.map(({ id, event, metadata: { occurredAt, timeSource } }) => {
    if (!isFact(event) || occurredAt === undefined) return undefined
    const moment = momentOf({ ...event, id, metadata: { occurredAt, timeSource } })
    const life = lifeOf(state, moment, before)
    before.push(moment)
    return life
  })
}

/** A fact as it comes in. */
export interface IncomingFact {
  readonly id: string
  readonly fact: Fact
  readonly occurredAt: string
  readonly timeSource: TimeSource
  readonly occurredAfter?: string
  readonly source: Source
  readonly actor: Actor
  /** The vendor names our admin account as operator, over REST: only then can it be the answer to a request of ours. */
  readonly ours: boolean
  /** The operation that is known to have caused the look at the vendor (reconciliation only). */
  readonly operationId?: string
  readonly callback?: CallbackEvidence
}

/** Clock difference between us and the vendor that is allowed for, in milliseconds. */
export const clockToleranceMs = 5000

/** Records a fact once, together with the request it answers. Empty: it is in the ledger already. */
export const decideFact = (state: RoomState, incoming: IncomingFact): readonly NewEvent[] => {
  const { id, fact, occurredAt, timeSource, occurredAfter, source, actor, callback } = incoming
  if (hasFact(state, { id, type: fact.type, occurredAt, timeSource })) return []
  const cause = incoming.operationId
    ? { operation: state.operations.find(({ operationId }) => operationId === incoming.operationId), ambiguous: false }
    : findCause(state, incoming)
  const metadata = {
    occurredAt,
    timeSource,
    ...(occurredAfter !== undefined && { occurredAfter }),
    source,
    actor,
    ...(cause.operation && {
      operationId: cause.operation.operationId,
      attribution: cause.ambiguous ? ('ambiguous' as const) : ('unique' as const),
      $causationId: cause.operation.requestEventId,
    }),
    $correlationId: cause.operation?.operationId ?? id,
    ...(callback && { callback }),
  }
  return [{ id, event: fact, metadata }]
}

/** The oldest open request that the fact fulfils, and whether another would fit too. */
const findCause = (state: RoomState, incoming: IncomingFact): { operation?: Operation | undefined; ambiguous: boolean } => {
  if (!incoming.ours) return { ambiguous: false }
  const latest = new Date(Date.parse(incoming.occurredAt) + clockToleranceMs).toISOString()
  const fitting = openOperations(state).filter((operation) => operation.requestedAt <= latest && fulfils(incoming.fact, operation))
  return { operation: fitting[0], ambiguous: fitting.length > 1 }
}

const fulfils = (fact: Fact, { kind, parameters, seen }: Operation): boolean => {
  const { owner, newOwner, ...asked } = parameters
  switch (fact.type) {
    case 'RoomCreated':
      return kind === 'create-room' && (owner ?? fact.data.owner) === fact.data.owner && agrees(asked, fact.data.info)
    case 'RoomUpdated':
      return (
        kind === 'update-room' && agrees(asked, fact.data.info) && equalFields(asked, fact.data.info).some((field) => !seen.includes(field))
      )
    case 'OwnerChanged':
      return kind === 'change-owner' && fact.data.to === newOwner
    case 'RoomDestroyed':
      return kind === 'destroy-room' && fact.data.cause !== 'DestroyBySystem'
    default:
      return false
  }
}

const agrees = (asked: RoomInfo, said: RoomInfo): boolean =>
  fieldsCarried(asked, said).every((field) => sameValue(asked[field], said[field]))

export interface Command {
  readonly operationId: string
  readonly kind: OperationKind
  readonly roomId: string
  readonly parameters: OperationParameters
  readonly reason?: string
  readonly requestedBy: Requester
  readonly requestId: string
  /** Revisions one of which the room must have; `*` = the room must be known. */
  readonly ifMatch?: readonly (number | '*')[]
}

export type RequestDecision =
  | { readonly ok: true; readonly events: readonly NewEvent[] }
  | { readonly ok: false; readonly refusal: 'precondition-failed'; /** -1: the room is not known */ readonly revision: number }

/** Writes a request down, once per operation id, if the room still is as the caller saw it. */
export const decideRequest = (state: RoomState, command: Command): RequestDecision => {
  const { operationId, roomId, parameters, reason, requestedBy, ifMatch } = command
  if (state.operations.some((operation) => operation.operationId === operationId)) return { ok: true, events: [] }
  // A look that found no room is a fact, but not of a room that is known.
  const revision = state.life ? state.factRevision : -1
  if (ifMatch && !(revision >= 0 && ifMatch.some((match) => match === '*' || match === revision)))
    return { ok: false, refusal: 'precondition-failed', revision }
  const data = { operationId, roomId, parameters, ...(reason !== undefined && { reason }), requestedBy }
  const actor = { kind: 'apiClient', id: requestedBy.id } as const
  const event = { type: requestTypes[command.kind], data }
  return {
    ok: true,
    events: [{ id: command.requestId, event, metadata: { timeSource: 'received', source: 'command', actor, $correlationId: operationId } }],
  }
}

/** Writes down what became of the vendor call; an operation that has ended takes no second outcome of the same kind. */
export const decideOutcome = (state: RoomState, id: string, outcome: Outcome): readonly NewEvent[] => {
  const operation = state.operations.find(({ operationId }) => operationId === outcome.data.operationId)
  if (!operation || operation.status === 'rejected') return []
  if (outcome.type === 'RequestAccepted' && operation.vendor !== null) return []
  if (outcome.type === 'RequestUnresolved' && operation.status !== 'requested') return []
  const metadata = { timeSource: 'received', source: 'command', actor: ledgerItself, operationId: operation.operationId } as const
  return [{ id, event: outcome, metadata: { ...metadata, $correlationId: operation.operationId, $causationId: operation.requestEventId } }]
}

/** The actor of what the service does by itself. */
export const ledgerItself: Actor = { kind: 'system', id: 'room-ledger' }
