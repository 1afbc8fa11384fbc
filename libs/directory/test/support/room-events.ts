import { createHash } from 'node:crypto'
import type { EventStore, EventToAppend, JsonObject } from '#event-store'
import type { Fact, Outcome, Request, RoomEventMetadata } from '#room'

/** Half a minute after the hour, and so on: `at(30)`. */
export const at = (second: number): string => new Date(Date.UTC(2026, 2, 26, 17) + second * 1000).toISOString()

/** A UUID that depends on nothing but its name. */
export const idOf = (name: string): string =>
  createHash('sha256')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-5$3-8$4-$5')

/** An event as it lies in a room's stream; `second` is when it happened and, unless told otherwise, when it was recorded. */
export const roomEvent = (
  event: Fact | Request | Outcome,
  second: number,
  more: Partial<RoomEventMetadata> & { readonly id?: string } = {},
): EventToAppend => {
  const { id = idOf(JSON.stringify([event, second, more])), ...metadata } = more
  const full = {
    schema: 1,
    occurredAt: at(second),
    recordedAt: at(second),
    source: 'callback',
    timeSource: 'eventTime',
    salt: '',
    actor: { kind: 'account', id: 'anna' },
    sdkAppId: 1400000000,
    ...metadata,
  } satisfies RoomEventMetadata
  return { id, type: event.type, data: event.data as unknown as JsonObject, metadata: full as unknown as JsonObject }
}

export const created = (roomId: string, owner: string | undefined, info: object = {}): Fact => ({
  type: 'RoomCreated',
  data: { roomId, ...(owner !== undefined && { owner }), info },
})
export const updated = (roomId: string, info: object): Fact => ({ type: 'RoomUpdated', data: { roomId, info } })
export const ownerChanged = (roomId: string, from: string | undefined, to: string): Fact => ({
  type: 'OwnerChanged',
  data: { roomId, ...(from !== undefined && { from }), to },
})
export const destroyed = (roomId: string, cause: string | null = 'Destroy'): Fact => ({ type: 'RoomDestroyed', data: { roomId, cause } })
export const observed = (roomId: string, owner: string): Fact => ({ type: 'RoomObserved', data: { roomId, exists: true, owner, info: {} } })

const request =
  (type: Request['type']) =>
  (roomId: string, operationId: string, parameters: object = {}, by = 'dashboard'): Request => ({
    type,
    data: { operationId, roomId, parameters, requestedBy: { kind: 'apiKey', id: by } },
  })
export const updateRequested = request('RoomUpdateRequested')
export const destructionRequested = request('RoomDestructionRequested')
export const creationRequested = request('RoomCreationRequested')
export const ownerChangeRequested = request('OwnerChangeRequested')
export const accepted = (operationId: string): Outcome => ({
  type: 'RequestAccepted',
  data: { operationId, vendor: { errorCode: 0, requestId: 'r' }, statistics: { totalViewers: 3 } },
})
export const rejected = (operationId: string): Outcome => ({
  type: 'RequestRejected',
  data: { operationId, vendor: { errorCode: 100006 } },
})

/** Appends to the stream of the room that the events tell of. */
export const record = async (store: EventStore, roomId: string, ...events: EventToAppend[]): Promise<void> => {
  const result = await store.append(`room-${roomId}`, events, 'any')
  if (!result.ok) throw new Error(`append to room-${roomId} met revision ${result.actual}`)
}
