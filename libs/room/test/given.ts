import {
  evolveRoom,
  type Fact,
  type Moment,
  type NewEvent,
  type Observation,
  type Operation,
  type Outcome,
  type OwnerTrailEntry,
  type RecordedFact,
  type Request,
  type RoomEvent,
  type RoomEventMetadata,
  type RoomState,
  type Statistics,
} from '../src/index.js'

/** Time of the tests: so many milliseconds after a round second. */
export const at = (ms: number): string => new Date(Date.UTC(2026, 2, 26, 17, 0, 0) + ms).toISOString()

let counter = 0
/** Recorded one after another, unless `revision` says otherwise. */
export const recorded = (
  event: Fact | Request | Outcome,
  metadata: Partial<RoomEventMetadata> = {},
  more: { id?: string; revision?: number } = {},
): RoomEvent => {
  const revision = more.revision ?? counter++
  return {
    ...event,
    id: more.id ?? `e-${String(revision).padStart(5, '0')}`,
    revision,
    position: String(revision),
    metadata: {
      schema: 1,
      occurredAt: at(revision),
      recordedAt: metadata.occurredAt ?? at(revision),
      source: 'callback',
      timeSource: 'eventTime',
      salt: '',
      actor: { kind: 'account', id: 'anna' },
      sdkAppId: 1,
      ...metadata,
    },
  } as RoomEvent
}
export const fact = (
  event: Fact,
  ms: number,
  metadata: Partial<RoomEventMetadata> = {},
  more: { id?: string; revision?: number } = {},
): RecordedFact => recorded(event, { occurredAt: at(ms), ...metadata }, more) as RecordedFact

const roomId = 'r'
export const created = (owner: string, info: object = {}): Fact => ({ type: 'RoomCreated', data: { roomId, owner, info } })
export const updated = (info: object): Fact => ({ type: 'RoomUpdated', data: { roomId, info } })
export const ownerChanged = (from: string, to: string): Fact => ({ type: 'OwnerChanged', data: { roomId, from, to } })
export const destroyed = (cause: string | null = 'DestroyByUser'): Fact => ({ type: 'RoomDestroyed', data: { roomId, cause } })
export const metadataSet = (entries: Record<string, string>): Fact => ({ type: 'RoomMetadataSet', data: { roomId, entries } })
export const metadataDeleted = (...keys: string[]): Fact => ({ type: 'RoomMetadataDeleted', data: { roomId, keys } })
export const adminsChanged = (change: 'add' | 'delete', ...admins: string[]): Fact => ({
  type: 'RoomAdminsChanged',
  data: { roomId, change, admins },
})
export const observed = (exists: boolean, owner?: string, info?: object): Fact => ({
  type: 'RoomObserved',
  data: { roomId, exists, ...(owner !== undefined && { owner }), ...(info && { info }) },
})

export const requestedBy = { kind: 'apiKey', id: 'dashboard' } as const
/** A request as `decideRequest` writes it, recorded at `ms`. */
export const requested = (type: Request['type'], operationId: string, parameters: object, ms: number): RoomEvent =>
  recorded({ type, data: { operationId, roomId, parameters, requestedBy } } as Request, {
    source: 'command',
    timeSource: 'received',
    recordedAt: at(ms),
    occurredAt: at(ms),
  })
const outcome = (event: Outcome, ms: number): RoomEvent =>
  recorded(event, { source: 'command', timeSource: 'received', recordedAt: at(ms), occurredAt: at(ms) })
export const accepted = (operationId: string, ms = 0, statistics?: Statistics): RoomEvent =>
  outcome({ type: 'RequestAccepted', data: { operationId, vendor: { errorCode: 0 }, ...(statistics && { statistics }) } }, ms)

/** The vendor's answer about the room, asked for at `ms`; by default after all that the tests record. */
export const look = (answer: Omit<Partial<Observation>, 'observedAt'>, ms = 900_000): Observation => ({
  roomId,
  exists: true,
  ...answer,
  observedAt: at(ms),
  eventId: (name) => `look-${ms}-${name}`,
})

/** What the service does with decided events: appends them, recorded at `ms`, and folds on. */
export const append = (state: RoomState, events: readonly NewEvent[], ms: number): RoomState =>
  evolveRoom(
    state,
    events.map(({ id, event, metadata }) => recorded(event, { occurredAt: at(ms), recordedAt: at(ms), ...metadata }, { id })),
  )

export const operationOf = (state: RoomState, operationId: string): Operation => {
  const found = state.operations.find((operation) => operation.operationId === operationId)
  if (!found) throw new Error(`no operation ${operationId}`)
  return found
}

/** What placing needs of a fact. */
export const momentOf = (one: RecordedFact): Moment => ({
  id: one.id,
  type: one.type,
  occurredAt: one.metadata.occurredAt,
  timeSource: one.metadata.timeSource,
  ...(one.type === 'RoomObserved' && { exists: one.data.exists }),
})

/** A fact as the projection `owner-trail` emits it. */
export const trailEntry = ({ id, revision, type, data, metadata }: RecordedFact): OwnerTrailEntry => {
  const { occurredAt, timeSource, occurredAfter, recordedAt, source, actor, operationId, attribution } = metadata
  return {
    revision,
    eventId: id,
    type,
    occurredAt,
    timeSource,
    recordedAt,
    source,
    actor,
    ...(occurredAfter !== undefined && { occurredAfter }),
    ...(operationId !== undefined && { operationId }),
    ...(attribution && { attribution }),
    ...('exists' in data && { exists: data.exists }),
    ...('cause' in data && { cause: data.cause }),
    ...('from' in data && data.from !== undefined && { from: data.from }),
    ...('to' in data && { to: data.to }),
    ...('owner' in data && data.owner !== undefined && { to: data.owner }),
  }
}
