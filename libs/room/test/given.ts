import type { Fact, Outcome, RecordedFact, Request, RoomEvent, RoomEventMetadata } from '../src/index.js'

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
      recordedAt: at(100_000 + revision),
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
export const accepted = (operationId: string, ms = 0): RoomEvent =>
  recorded({ type: 'RequestAccepted', data: { operationId, vendor: { errorCode: 0 } } }, { source: 'command', recordedAt: at(ms) })
