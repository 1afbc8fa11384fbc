import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#event-store'
import { projectionDefinitions } from '#projections'
import { project } from './run.js'

const { source, ...definition } = projectionDefinitions.find(({ name }) => name === 'owner-trail')!
const fact = (type: string, data: JsonObject, metadata: JsonObject = {}) => ({
  type,
  data: { roomId: 'r-1', ...data },
  metadata: {
    occurredAt: '2026-03-26T17:29:16.000Z',
    recordedAt: '2026-03-26T17:29:16.500Z',
    timeSource: 'eventTime',
    source: 'callback',
    actor: { kind: 'account', id: 'ann' },
    ...metadata,
  },
})
const request = (operationId: string, reason?: string) => ({
  type: 'OwnerChangeRequested',
  data: {
    roomId: 'r-1',
    operationId,
    parameters: { newOwner: 'bob' },
    requestedBy: { kind: 'apiKey', id: 'dashboard' },
    ...(reason && { reason }),
  },
})

describe('owner-trail', () => {
  it('emits one entry for every fact, to the trail of its room, in the order of recording', () => {
    const trail = project(source, definition)
    const types = [
      'RoomCreated',
      'RoomUpdated',
      'OwnerChanged',
      'RoomMetadataSet',
      'RoomMetadataDeleted',
      'RoomAdminsChanged',
      'RoomObserved',
      'RoomDestroyed',
    ]
    trail.feed(...types.map((type) => ({ stream: 'room-r-1', ...fact(type, {}) })))
    expect(trail.emitted.map(({ stream, type }) => `${stream} ${type}`)).toEqual(types.map(() => 'ownerTrail-r-1 OwnerTrailEntry'))
    expect(trail.emitted.map(({ data }) => [(data as JsonObject)['type'], (data as JsonObject)['revision']])).toEqual(
      types.map((type, i) => [type, i]),
    )
  })

  it('keeps who, when, how known, and from whom to whom', () => {
    const trail = project(source, definition)
    trail.feed({ id: 'e1', ...fact('OwnerChanged', { from: 'ann', to: 'bob' }, { occurredAfter: '2026-03-26T17:00:00.000Z' }) })
    expect(trail.emitted[0]!.data).toEqual({
      revision: 0,
      eventId: 'e1',
      type: 'OwnerChanged',
      occurredAt: '2026-03-26T17:29:16.000Z',
      occurredAfter: '2026-03-26T17:00:00.000Z',
      timeSource: 'eventTime',
      recordedAt: '2026-03-26T17:29:16.500Z',
      source: 'callback',
      actor: { kind: 'account', id: 'ann' },
      from: 'ann',
      to: 'bob',
    })
  })

  it('takes the owner of a creation and of an observation as the new owner, and keeps existence and cause', () => {
    const trail = project(source, definition)
    trail.feed(
      fact('RoomCreated', { owner: 'ann', info: {} }),
      fact('RoomObserved', { exists: true, owner: 'bob' }),
      fact('RoomDestroyed', { cause: null }),
    )
    expect(trail.emitted.map(({ data }) => data)).toMatchObject([{ to: 'ann' }, { to: 'bob', exists: true }, { cause: null }])
  })

  it('shows who asked and why on the fact that a request led to, once', () => {
    const trail = project(source, definition)
    trail.feed(
      request('op-1', 'shift change'),
      { type: 'RequestAccepted', data: { roomId: 'r-1', operationId: 'op-1' } },
      fact('OwnerChanged', { from: 'ann', to: 'bob' }, { operationId: 'op-1', attribution: 'unique' }),
    )
    expect(trail.emitted[0]!.data).toMatchObject({
      operationId: 'op-1',
      attribution: 'unique',
      requestedBy: { kind: 'apiKey', id: 'dashboard' },
      reason: 'shift change',
    })
    expect(trail.stateOf('room-1')).toEqual({ open: [] })
  })

  it('keeps an unresolved request in mind and forgets a rejected one', () => {
    const trail = project(source, definition)
    trail.feed(
      request('op-1'),
      request('op-2'),
      { type: 'RequestUnresolved', data: { operationId: 'op-1' } },
      { type: 'RequestRejected', data: { operationId: 'op-2' } },
    )
    expect(trail.stateOf('room-1')).toMatchObject({ open: [{ id: 'op-1' }] })
  })

  it('remembers at most 64 open requests and drops the oldest', () => {
    const trail = project(source, definition)
    trail.feed(...Array.from({ length: 70 }, (_, i) => request(`op-${i}`)))
    const { open } = trail.stateOf('room-1') as { open: { id: string }[] }
    expect([open.length, open[0]!.id, open.at(-1)!.id]).toEqual([64, 'op-6', 'op-69'])
  })
})
