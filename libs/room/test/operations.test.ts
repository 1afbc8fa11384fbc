import { describe, expect, it } from 'vitest'
import { foldRoom, openOperations, statisticsOf, type Fact, type Operation, type Outcome, type RoomEvent } from '../src/index.js'
import { accepted, at, created, destroyed, fact, observed, ownerChanged, recorded, requested, requestedBy, updated } from './given.js'

const operationOf = (events: readonly RoomEvent[]): Operation => foldRoom(events).operations[0]!
const outcome = (event: Outcome, ms: number): RoomEvent => recorded(event, { source: 'command', recordedAt: at(ms) })
const rejected = (ms: number, cause?: string): RoomEvent =>
  outcome({ type: 'RequestRejected', data: { operationId: 'op', vendor: { errorCode: 100006 }, ...(cause && { cause }) } }, ms)
const unresolved = (ms: number): RoomEvent => outcome({ type: 'RequestUnresolved', data: { operationId: 'op', cause: 'timeout' } }, ms)
const answers = (event: Fact, ms: number): RoomEvent =>
  fact(event, ms, { operationId: 'op', attribution: 'unique', recordedAt: at(ms + 1) })
const reconciled = (event: Fact, ms: number): RoomEvent => fact(event, ms, { operationId: 'op', source: 'reconciliation' })

const request = requested('OwnerChangeRequested', 'op', { newOwner: 'ben' }, 10)
const change = answers(ownerChanged('anna', 'ben'), 30)
const confirmation = { eventId: change.id, source: 'callback', occurredAt: at(30), recordedAt: at(31), attribution: 'unique' }

describe('the way of an operation', () => {
  it('given a request, then the operation tells all that was asked, and nothing else', () => {
    expect(operationOf([request])).toEqual({
      operationId: 'op',
      roomId: 'r',
      kind: 'change-owner',
      status: 'requested',
      requestedBy,
      requestedAt: at(10),
      reason: null,
      parameters: { newOwner: 'ben' },
      vendor: null,
      confirmation: null,
      cause: null,
      answeredAt: null,
      seen: [],
      requestEventId: request.id,
      revision: request.revision,
    })
  })

  const unclear = { status: 'unresolved', cause: 'timeout', answeredAt: at(20) }
  const ways: [string, readonly RoomEvent[], object][] = [
    ['the vendor says OK', [accepted('op', 20)], { status: 'accepted', vendor: { errorCode: 0 }, answeredAt: at(20), confirmation: null }],
    ['the vendor refuses', [rejected(20)], { status: 'rejected', vendor: { errorCode: 100006 }, cause: null, confirmation: null }],
    ['it is given up for a reason', [rejected(20, 'not-as-requested')], { status: 'rejected', cause: 'not-as-requested' }],
    ['no answer is clear', [unresolved(20)], unclear],
    ['the answer comes after all', [unresolved(20), accepted('op', 25)], { status: 'accepted', cause: null, answeredAt: at(25) }],
    ['the fact comes after all', [unresolved(20), change], { status: 'confirmed', cause: null, confirmation }],
    ['answer and fact come', [accepted('op', 20), change], { status: 'confirmed', vendor: { errorCode: 0 }, confirmation }],
    ['the fact comes before the answer', [change, accepted('op', 40)], { status: 'confirmed', vendor: { errorCode: 0 }, confirmation }],
    ['the fact comes before a time-out', [change, unresolved(40)], { status: 'confirmed', cause: null, confirmation }],
    ['a refusal follows the fact', [change, rejected(40)], { status: 'rejected', vendor: { errorCode: 100006 }, confirmation: null }],
    ['the fact follows a refusal', [rejected(20), change], { status: 'rejected', confirmation: null }],
    ['a second fact follows', [change, answers(ownerChanged('anna', 'ben'), 50)], { status: 'confirmed', confirmation }],
    ['a fact of another comes', [fact(ownerChanged('anna', 'ben'), 30, { operationId: 'other' })], { status: 'requested' }],
  ]
  it.each(ways)('given a request, when %s, then the operation says so', (_, events, expected) => {
    expect(operationOf([request, ...events])).toMatchObject({ ...expected, revision: expect.any(Number) })
  })

  it('given operations of every status, then those without an end are the open ones', () => {
    const ask = (id: string): RoomEvent => requested('OwnerChangeRequested', id, { newOwner: 'ben' }, 0)
    const state = foldRoom([
      ask('op'),
      unresolved(1),
      ask('b'),
      accepted('b'),
      ask('c'),
      ask('d'),
      fact(ownerChanged('anna', 'ben'), 5, { operationId: 'd' }),
    ])
    expect(openOperations(state).map(({ operationId, status }) => [operationId, status])).toEqual([
      ['op', 'unresolved'],
      ['b', 'accepted'],
      ['c', 'requested'],
    ])
  })
})

describe('an update', () => {
  const update = requested('RoomUpdateRequested', 'op', { roomName: 'x', category: [1], notice: 'n' }, 10)

  it('given that some of its fields were seen, then it is open and tells which', () => {
    const operation = operationOf([update, accepted('op', 20), answers(updated({ roomName: 'x', category: [1], coverUrl: 'u' }), 30)])
    expect(operation).toMatchObject({ status: 'accepted', seen: ['roomName', 'category'], confirmation: null })
  })
  it('given that its last field is seen, then it is confirmed by that fact', () => {
    const last = answers(updated({ notice: 'n' }), 40)
    expect(operationOf([update, answers(updated({ roomName: 'x', category: [1] }), 30), last])).toMatchObject({
      status: 'confirmed',
      confirmation: { eventId: last.id },
    })
  })
  it('given a look at the vendor that shows the rest, then it is confirmed by the look, with nothing left open', () => {
    const look = reconciled(observed(true, 'anna', { notice: 'n', roomName: 'later' }), 50)
    const { status, confirmation: by } = operationOf([update, answers(updated({ roomName: 'x', category: [1] }), 30), look])
    expect([status, by]).toEqual(['confirmed', expect.objectContaining({ eventId: look.id, source: 'reconciliation' })])
    expect(by).not.toHaveProperty('unverified')
  })
  it('given a look that lacks some, then it is confirmed, and what nobody saw is named', () => {
    const look = reconciled(observed(true, 'anna', { roomName: 'x' }), 50)
    expect(operationOf([update, look])).toMatchObject({ status: 'confirmed', confirmation: { unverified: ['category', 'notice'] } })
  })
})

describe('an operation that a look at the vendor ends', () => {
  it('given a create of a room that is there, when drift shows part of it, then only the look ends it, and tells what it lacked', () => {
    const create = requested('RoomCreationRequested', 'op', { owner: 'anna', roomName: 'x', seatTemplate: 's', category: [1] }, 10)
    const drift = reconciled(updated({ roomName: 'x' }), 50)
    const look = reconciled(observed(true, 'anna', { roomName: 'x' }), 50)
    expect(operationOf([create, drift])).toMatchObject({ status: 'requested', confirmation: null })
    expect(operationOf([create, drift, look])).toMatchObject({
      status: 'confirmed',
      confirmation: { eventId: look.id, unverified: ['category'] },
    })
  })
  it('given a create that a callback confirms with less than was asked, then that is the whole answer', () => {
    const create = requested('RoomCreationRequested', 'op', { owner: 'anna', roomName: 'x' }, 10)
    const operation = operationOf([create, answers(created('anna'), 20)])
    expect(operation.status).toBe('confirmed')
    expect(operation.confirmation).not.toHaveProperty('unverified')
  })
  it('given a destroy, when the room is seen to be gone, then it is confirmed', () => {
    const destroy = requested('RoomDestructionRequested', 'op', {}, 10)
    expect(operationOf([destroy, reconciled(observed(false), 50)])).toMatchObject({ status: 'confirmed', seen: ['destroyed'] })
  })
})

describe('the statistics of a room', () => {
  const statistics = { totalViewers: 7 }
  const destroy = requested('RoomDestructionRequested', 'op', {}, 10)
  const answer = outcome({ type: 'RequestAccepted', data: { operationId: 'op', vendor: {}, statistics } }, 20)
  const end = answers(destroyed(), 30)
  const shown = (events: readonly RoomEvent[]) => {
    const { life, operations } = foldRoom(events)
    return statisticsOf(life!, operations)
  }

  it("given a callback with statistics, then they count, not the call's", () => {
    const telling = answers({ type: 'RoomDestroyed', data: { roomId: 'r', cause: 'x', statistics: { totalViewers: 8 } } }, 30)
    expect(shown([fact(created('anna'), 0), destroy, answer, telling])).toEqual({
      statistics: { totalViewers: 8 },
      statisticsSource: 'callback',
    })
  })
  it.each([
    ['before', [answer, end]],
    ['after', [end, answer]],
  ])("given a callback without, and an answer %s it, then the call's are shown", (_, events) => {
    expect(shown([fact(created('anna'), 0), destroy, ...events])).toEqual({ statistics, statisticsSource: 'command' })
  })
  it('given a room that somebody else destroyed, or that is used again, then none are shown', () => {
    const nothing = { statistics: null, statisticsSource: null }
    expect(shown([fact(created('anna'), 0), destroy, answer, fact(destroyed(), 30)])).toEqual(nothing)
    expect(shown([fact(created('anna'), 0), destroy, answer, end, fact(created('anna'), 40)])).toEqual(nothing)
  })
  it('given a room found gone, when the callback still comes, then it adds the cause and the statistics', () => {
    const found = reconciled(destroyed(null), 30)
    const telling = fact({ type: 'RoomDestroyed', data: { roomId: 'r', cause: 'DestroyBySystem', statistics } }, 40)
    const events = [fact(created('anna'), 0), found, telling]
    expect(foldRoom(events).life).toMatchObject({ destroyCause: 'DestroyBySystem', destroyedAt: at(30) })
    expect(shown(events)).toEqual({ statistics, statisticsSource: 'callback' })
  })
})
