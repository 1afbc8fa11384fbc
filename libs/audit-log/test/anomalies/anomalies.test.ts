import { describe, expect, it } from 'vitest'
import type { RoomEvent } from '#room'
import {
  accepted,
  adminsChanged,
  at,
  created,
  destroyed,
  fact,
  observed,
  ownerChanged,
  recorded,
  requested,
  updated,
} from '../../../room/test/given.js'
import { anomaliesOf } from '../../src/index.js'
import { account, apiClient, find, later, system } from './given.js'

describe('gaps in the chain of owners', () => {
  const chain = [
    fact(created('anna'), 0, {}, { id: 'create' }),
    fact(ownerChanged('anna', 'ben'), 1000, {}, { id: 'to-ben' }),
    fact(ownerChanged('carla', 'dora'), 3000, { recordedAt: at(3100) }, { id: 'to-dora' }),
  ]

  it('given a change whose owner before is another, then it is one, shown by that change and the one before', () => {
    expect(find('owner-gap', chain)).toEqual([
      {
        kind: 'owner-gap',
        roomId: 'r',
        life: 1,
        occurredAt: at(3000),
        recordedAt: at(3100),
        expected: 'ben',
        found: 'carla',
        eventIds: ['to-ben', 'to-dora'],
      },
    ])
  })

  it('given the missing change, however late it came, then there is none', () => {
    expect(find('owner-gap', [...chain, fact(ownerChanged('ben', 'carla'), 2000)])).toEqual([])
  })

  it('given another life, then its first owner is compared with nobody', () => {
    expect(find('owner-gap', [...chain.slice(0, 2), fact(destroyed(), 4000), fact(created('eve'), 5000)])).toEqual([])
  })
})

describe('late callbacks', () => {
  const told = (delayMs: number, more: object = {}) => fact(updated({ roomName: 'x' }), 0, { recordedAt: later(at(0), delayMs), ...more })

  it.each([
    [60_000, 60_000, 0],
    [60_001, 60_000, 1],
    [1, 0, 1],
    [-2000, 0, 0],
  ])('given one recorded %i ms after it happened and a bound of %i ms, then there are %i', (delayMs, bound, count) => {
    expect(find('late-callback', [told(delayMs)], bound)).toMatchObject(count === 0 ? [] : [{ delayMs, type: 'RoomUpdated' }])
  })

  it('given what reconciliation recorded long after, then it is none', () => {
    expect(find('late-callback', [told(90_000, { source: 'reconciliation' })])).toEqual([])
  })
})

describe('changes after the end of a room', () => {
  const ended = [fact(created('anna'), 0), fact(destroyed(), 1000, {}, { id: 'end' })]

  it('given an update that is younger than the end, then it is one, shown by both', () => {
    const events = [...ended, fact(updated({ roomName: 'x' }), 2000, { actor: account('ben') }, { id: 'odd' })]
    expect(find('changed-after-destroy', events)).toEqual([
      {
        kind: 'changed-after-destroy',
        roomId: 'r',
        life: 1,
        occurredAt: at(2000),
        recordedAt: at(2000),
        type: 'RoomUpdated',
        actor: account('ben'),
        destroyedAt: at(1000),
        eventIds: ['end', 'odd'],
      },
    ])
  })

  it('given a look at the vendor that shows it there again, then it is one', () => {
    const events = [...ended, fact(observed(true, 'anna'), 2000, { actor: system, source: 'reconciliation' }, { id: 'seen' })]
    expect(find('changed-after-destroy', events)).toMatchObject([{ life: 1, type: 'RoomObserved', eventIds: ['end', 'seen'] }])
  })

  it.each([
    ['the end told again', [fact(destroyed('DestroyBySystem'), 2000)]],
    ['a look that shows that it is gone', [fact(observed(false), 2000)]],
    ['another life', [fact(created('anna'), 2000), fact(updated({ roomName: 'y' }), 3000)]],
    ['what had happened before the end and came after it', [fact(updated({ roomName: 'y' }), 500)]],
  ])('given %s, then there is none', (_, more) => {
    expect(find('changed-after-destroy', [...ended, ...more])).toEqual([])
  })
})

describe('operations that only reconciliation confirmed', () => {
  const request = requested('OwnerChangeRequested', 'op', { newOwner: 'ben' }, 1000)
  const ended = (source: 'callback' | 'reconciliation'): RoomEvent[] => [
    fact(created('anna'), 0),
    request,
    accepted('op', 1100),
    fact(ownerChanged('anna', 'ben'), 9000, { source, operationId: 'op' }, { id: 'confirms' }),
  ]

  it('given one, then it is shown by what was asked and what was found', () => {
    expect(find('confirmed-by-reconciliation', ended('reconciliation'))).toEqual([
      {
        kind: 'confirmed-by-reconciliation',
        roomId: 'r',
        occurredAt: at(9000),
        recordedAt: at(9000),
        operationId: 'op',
        operation: 'change-owner',
        requestedBy: { kind: 'apiKey', id: 'dashboard' },
        eventIds: [request.id, 'confirms'],
      },
    ])
  })

  it('given fields that not even the look showed, then they are named', () => {
    const asked = requested('RoomUpdateRequested', 'op', { notice: 'n', roomName: 'x' }, 1000)
    const look = fact(observed(true, 'anna', { roomName: 'x' }), 9000, { source: 'reconciliation', operationId: 'op' })
    expect(find('confirmed-by-reconciliation', [fact(created('anna'), 0), asked, accepted('op', 1100), look])).toMatchObject([
      { operation: 'update-room', unverified: ['notice'] },
    ])
  })

  it('given one that a callback confirmed, or that is open, then there is none', () => {
    expect(find('confirmed-by-reconciliation', ended('callback'))).toEqual([])
    expect(find('confirmed-by-reconciliation', ended('reconciliation').slice(0, 3))).toEqual([])
  })
})

describe('operators never seen before', () => {
  const by = (who: string, ms: number, id = who) => fact(updated({ roomName: id }), ms, { actor: account(who) }, { id })

  it('given the first one of the room, then it is none; given another, then it is one, once', () => {
    const events = [fact(created('anna'), 0), by('ben', 1000), by('anna', 2000, 'again'), by('ben', 3000, 'ben-again')]
    expect(find('new-operator', events)).toEqual([
      {
        kind: 'new-operator',
        roomId: 'r',
        life: 1,
        occurredAt: at(1000),
        recordedAt: at(1000),
        type: 'RoomUpdated',
        actor: account('ben'),
        namedBefore: false,
        eventIds: ['ben'],
      },
    ])
  })

  it('given the first of another life who had never acted, then it is one', () => {
    const events = [
      fact(created('anna'), 0),
      fact(destroyed(), 1000),
      fact(created('ben'), 2000, { actor: account('ben') }, { id: 'second' }),
    ]
    expect(find('new-operator', events)).toMatchObject([{ life: 2, eventIds: ['second'] }])
  })

  it.each([
    ['became owner', ownerChanged('anna', 'ben')],
    ['became administrator', adminsChanged('add', 'ben')],
    ['was seen as owner', observed(true, 'ben')],
  ])('given one who %s before, then that is said', (_, naming) => {
    const events = [fact(created('anna'), 0), fact(naming, 1000), by('ben', 2000)]
    expect(find('new-operator', events)).toMatchObject([{ actor: account('ben'), namedBefore: true }])
  })

  it('given what the platform or the ledger did, then that is none', () => {
    expect(find('new-operator', [fact(created('anna'), 0), fact(destroyed(), 1000, { actor: system })])).toEqual([])
  })

  it('given a room made through the ledger, then the fact that answers is the deed of whoever asked, and not another operator', () => {
    const asked = requested('RoomCreationRequested', 'op', { owner: 'anna' }, 1000)
    const who = { actor: apiClient('dashboard') }
    const request = { ...asked, metadata: { ...asked.metadata, ...who } } as RoomEvent
    const answer = fact(created('anna'), 1100, { actor: apiClient('administrator'), operationId: 'op' })
    expect(find('new-operator', [request, answer])).toEqual([])
    // Somebody else uses the account that is only ours.
    const other = fact(updated({ roomName: 'x' }), 2000, { actor: apiClient('administrator') }, { id: 'other' })
    expect(find('new-operator', [request, answer, other])).toMatchObject([{ actor: apiClient('administrator'), eventIds: ['other'] }])
  })

  it('given a request on behalf of a person, then it is named', () => {
    const request = recorded(
      {
        type: 'RoomDestructionRequested',
        data: { operationId: 'op', roomId: 'r', parameters: {}, requestedBy: { kind: 'apiKey', id: 'dashboard', onBehalfOf: 'eve' } },
      },
      { actor: apiClient('dashboard'), occurredAt: at(5000), source: 'command', timeSource: 'received' },
    )
    const [found] = find('new-operator', [fact(created('anna'), 0), request])
    expect(found).toMatchObject({ actor: apiClient('dashboard'), onBehalfOf: 'eve', eventIds: [request.id] })
    expect(found).not.toHaveProperty('life')
  })
})

describe('anomalies of a room', () => {
  it('given nothing, or nothing odd, then there are none', () => {
    expect(anomaliesOf('r', [], { lateMs: 0 })).toEqual([])
    expect(anomaliesOf('r', [fact(created('anna'), 0), fact(destroyed(), 10)], { lateMs: 0 })).toEqual([])
  })

  it('given events of a type that others wrote into the stream, then they are left out', () => {
    const foreign = { ...fact(updated({}), 9000), type: 'Foreign', data: { requestedBy: 1 } } as unknown as RoomEvent
    expect(anomaliesOf('r', [fact(created('anna'), 0), fact(destroyed(), 10), foreign], { lateMs: 0 })).toEqual([])
  })
})
