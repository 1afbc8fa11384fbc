import type {
  Fact,
  OperationKind,
  OperationParameters,
  Outcome,
  Request,
  Requester,
  RoomEvent,
  RoomInfo,
  Source,
  Statistics,
  VendorAnswer,
} from './events.js'
import { factTypes, isFact } from './events.js'

export type OperationStatus = 'requested' | 'accepted' | 'confirmed' | 'rejected' | 'unresolved'

export interface Confirmation {
  readonly eventId: string
  readonly source: Source
  readonly occurredAt: string
  readonly recordedAt: string
  readonly attribution: 'unique' | 'ambiguous'
  /** What was asked for and no callback and no look at the vendor showed. */
  readonly unverified?: readonly string[]
}

/** A command on its way: asked for, sent, answered, and seen to have happened. */
export interface Operation {
  readonly operationId: string
  readonly roomId: string
  readonly kind: OperationKind
  readonly status: OperationStatus
  readonly requestedBy: Requester
  readonly requestedAt: string
  readonly reason: string | null
  readonly parameters: OperationParameters
  readonly vendor: (VendorAnswer & { readonly statistics?: Statistics }) | null
  readonly confirmation: Confirmation | null
  /** Why it is unresolved, or why it was rejected without the vendor's word. */
  readonly cause: string | null
  /** When the vendor last answered, or was given up on. */
  readonly answeredAt: string | null
  /** Asked-for fields that facts have shown so far (updates only). */
  readonly seen: readonly string[]
  readonly requestEventId: string
  /** Of the youngest event that concerns it. */
  readonly revision: number
}

const kinds: Record<Request['type'], OperationKind> = {
  RoomCreationRequested: 'create-room',
  RoomUpdateRequested: 'update-room',
  OwnerChangeRequested: 'change-owner',
  RoomDestructionRequested: 'destroy-room',
}
export const requestTypes = Object.fromEntries(Object.entries(kinds).map(([type, kind]) => [kind, type])) as Record<
  OperationKind,
  Request['type']
>

export const outcomeTypes = ['RequestAccepted', 'RequestRejected', 'RequestUnresolved'] as const satisfies readonly Outcome['type'][]

/** Every type of event that stands in a room's stream. */
export const eventTypes: readonly string[] = [...factTypes, ...Object.values(requestTypes), ...outcomeTypes]

/** Not yet confirmed and not rejected: the service still owes an answer. */
export const isOpen = ({ status }: Pick<Operation, 'status'>): boolean => status !== 'confirmed' && status !== 'rejected'

/** Takes one event of the room's stream into account, in the order of recording. */
export const evolveOperations = (operations: readonly Operation[], event: RoomEvent): readonly Operation[] => {
  if (event.type in kinds) return [...operations, requested(event as RoomEvent & Request)]
  const operationId = isFact(event) ? event.metadata.operationId : (event as Outcome).data.operationId
  if (operationId === undefined) return operations
  return operations.map((operation) => (operation.operationId === operationId ? evolveOperation(operation, event) : operation))
}

const requested = (event: RoomEvent & Request): Operation => ({
  operationId: event.data.operationId,
  roomId: event.data.roomId,
  kind: kinds[event.type],
  status: 'requested',
  requestedBy: event.data.requestedBy,
  requestedAt: event.metadata.recordedAt,
  reason: event.data.reason ?? null,
  parameters: event.data.parameters,
  vendor: null,
  confirmation: null,
  cause: null,
  answeredAt: null,
  seen: [],
  requestEventId: event.id,
  revision: event.revision,
})

const evolveOperation = (before: Operation, event: RoomEvent): Operation => {
  const operation = { ...before, revision: event.revision }
  const answeredAt = event.metadata.recordedAt
  switch (event.type) {
    case 'RequestAccepted': {
      const { vendor, statistics } = event.data
      const status = isOpen(operation) ? 'accepted' : operation.status
      return { ...operation, status, answeredAt, cause: null, vendor: { ...vendor, ...(statistics && { statistics }) } }
    }
    case 'RequestRejected':
      // A clear refusal outweighs an inferred confirmation: the fact was somebody else's doing.
      return {
        ...operation,
        status: 'rejected',
        answeredAt,
        confirmation: null,
        vendor: event.data.vendor,
        cause: event.data.cause ?? null,
      }
    case 'RequestUnresolved':
      return isOpen(operation) ? { ...operation, status: 'unresolved', answeredAt, cause: event.data.cause } : operation
    default:
      return isFact(event) && isOpen(operation) ? confirm(operation, event) : operation
  }
}

/** Facts that end an operation of their kind, whatever of it they show. */
const wholeAnswers: Partial<Record<OperationKind, Fact['type']>> = {
  'create-room': 'RoomCreated',
  'change-owner': 'OwnerChanged',
  'destroy-room': 'RoomDestroyed',
}

const confirm = (operation: Operation, event: RoomEvent): Operation => {
  const seen = [...new Set([...operation.seen, ...fieldsShown(operation, event)])]
  const missing = fieldsAsked(operation).filter((field) => !seen.includes(field))
  const looked = event.type === 'RoomObserved'
  // The fields of an update may come apart, and what a look found changed is only part of what the look itself will show.
  if (missing.length > 0 && !looked && event.type !== wholeAnswers[operation.kind]) return { ...operation, seen }
  const { source, occurredAt, recordedAt, attribution = 'unique' } = event.metadata
  const confirmation = { eventId: event.id, source, occurredAt, recordedAt, attribution }
  return {
    ...operation,
    status: 'confirmed',
    seen,
    cause: null,
    confirmation: looked && missing.length > 0 ? { ...confirmation, unverified: missing } : confirmation,
  }
}

/** Names of what an operation asked for, as they appear in facts. */
export const fieldsAsked = ({ kind, parameters }: Pick<Operation, 'kind' | 'parameters'>): readonly string[] =>
  kind === 'destroy-room' ? ['destroyed'] : Object.keys(parameters).filter((field) => field !== 'seatTemplate')

/** Which of the asked-for fields an event shows to be as asked. */
export const fieldsShown = (operation: Pick<Operation, 'kind' | 'parameters'>, event: RoomEvent | Fact): readonly string[] => {
  const { newOwner, owner, ...info } = operation.parameters
  const gone = operation.kind === 'destroy-room' ? ['destroyed'] : []
  switch (event.type) {
    case 'OwnerChanged':
      return newOwner === event.data.to ? ['newOwner'] : []
    case 'RoomDestroyed':
      return gone
    case 'RoomUpdated':
      return equalFields(info, event.data.info)
    case 'RoomCreated':
    case 'RoomObserved': {
      const said = event.data.owner
      return [
        ...equalFields(info, event.data.info ?? {}),
        ...(owner !== undefined && owner === said ? ['owner'] : []),
        ...(newOwner !== undefined && newOwner === said ? ['newOwner'] : []),
        ...(event.type === 'RoomObserved' && !event.data.exists ? gone : []),
      ]
    }
    default:
      return []
  }
}

/** Fields of `asked` that `said` carries with the same value. */
export const equalFields = (asked: RoomInfo, said: RoomInfo): readonly string[] =>
  fieldsCarried(asked, said).filter((field) => sameValue(asked[field], said[field]))

/** Fields of `asked` that `said` carries, with whatever value. */
export const fieldsCarried = (asked: RoomInfo, said: RoomInfo): readonly (keyof RoomInfo)[] =>
  (Object.keys(asked) as (keyof RoomInfo)[]).filter((field) => said[field] !== undefined)

/** Values are scalars or short lists of integers. */
export const sameValue = (a: unknown, b: unknown): boolean =>
  Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((value, i) => value === b[i]) : a === b
