import { describe, expect, it } from 'vitest'
import { decideFact, foldRoom, type Fact, type IncomingFact, type RoomEvent } from '../src/index.js'
import { accepted, at, created, destroyed, fact, metadataSet, ownerChanged, requested, updated } from './given.js'

/** A callback that our admin account caused over REST, unless told otherwise. */
const callback = (event: Fact, ms: number, more: Partial<IncomingFact> = {}): IncomingFact => ({
  id: `callback at ${ms}`,
  fact: event,
  occurredAt: at(ms),
  timeSource: 'eventTime',
  source: 'callback',
  actor: { kind: 'account', id: 'administrator' },
  ours: true,
  ...more,
})

/** What the fact is recorded with, given what the ledger holds. */
const attributed = (events: readonly RoomEvent[], incoming: IncomingFact) => {
  const [event] = decideFact(foldRoom(events), incoming)
  return { operationId: event?.metadata.operationId, attribution: event?.metadata.attribution }
}
const none = { operationId: undefined, attribution: undefined }

const toBen = (operationId: string, ms: number): RoomEvent => requested('OwnerChangeRequested', operationId, { newOwner: 'ben' }, ms)
const change = ownerChanged('anna', 'ben')

describe('which request a fact confirms', () => {
  it('given one open request that it fulfils, when the callback comes, then it carries the operation and its cause', () => {
    const request = toBen('op-1', 1000)
    const [event] = decideFact(foldRoom([fact(created('anna'), 0), request]), callback(change, 2000))
    expect(event).toEqual({
      id: 'callback at 2000',
      event: change,
      metadata: {
        occurredAt: at(2000),
        timeSource: 'eventTime',
        source: 'callback',
        actor: { kind: 'account', id: 'administrator' },
        operationId: 'op-1',
        attribution: 'unique',
        $causationId: request.id,
        $correlationId: 'op-1',
      },
    })
  })

  it('given no request, when a fact comes, then it stands for itself, with its evidence', () => {
    const evidence = { command: 'c', receivedFrom: '10.0.0.1', bodySha256: 'hash', body: '{}' }
    const [event] = decideFact(foldRoom([]), callback(change, 2000, { callback: evidence, occurredAfter: at(1) }))
    expect(event?.metadata).toMatchObject({ $correlationId: 'callback at 2000', callback: evidence, occurredAfter: at(1) })
    expect(Object.keys(event!.metadata)).not.toEqual(expect.arrayContaining(['operationId']))
  })

  it('given two that it would fulfil, when it comes, then the oldest has it, as a guess', () => {
    expect(attributed([toBen('op-1', 1000), toBen('op-2', 1500)], callback(change, 2000))).toEqual({
      operationId: 'op-1',
      attribution: 'ambiguous',
    })
  })

  it('given that the first of two is confirmed, when a second callback comes, then it confirms the other, without doubt', () => {
    const confirmed = fact(change, 2000, { operationId: 'op-1' })
    expect(attributed([toBen('op-1', 1000), toBen('op-2', 1500), confirmed], callback(change, 3000))).toEqual({
      operationId: 'op-2',
      attribution: 'unique',
    })
  })

  it('given a request that the vendor accepted or that is unresolved, when the callback comes, then it is confirmed all the same', () => {
    expect(attributed([toBen('op-1', 1000), accepted('op-1', 1100)], callback(change, 2000)).operationId).toBe('op-1')
  })

  it.each([
    ['up to 5 s after the fact', 7000, 'op-1'],
    ['later than that', 7001, undefined],
  ])('given a request recorded %s, when the fact comes, then clocks are allowed 5 s of difference', (_, requestedMs, operationId) => {
    expect(attributed([toBen('op-1', requestedMs)], callback(change, 2000)).operationId).toBe(operationId)
  })

  it('given an open request, when somebody else did the same, then the request stays open', () => {
    expect(attributed([toBen('op-1', 1000)], callback(change, 2000, { ours: false }))).toEqual(none)
  })

  const askedFor: [string, RoomEvent, Fact, boolean][] = [
    ['another owner', toBen('op', 0), ownerChanged('anna', 'carla'), false],
    ['another kind', toBen('op', 0), updated({ roomName: 'x' }), false],
    ['metadata, which no request asks for', toBen('op', 0), metadataSet({ k: 'v' }), false],
    ['a create by its owner', requested('RoomCreationRequested', 'op', { owner: 'anna' }, 0), created('anna'), true],
    ['a create by another owner', requested('RoomCreationRequested', 'op', { owner: 'anna' }, 0), created('ben'), false],
    ['a create, whoever owns it', requested('RoomCreationRequested', 'op', {}, 0), created('admin'), true],
    ['a create of another name', requested('RoomCreationRequested', 'op', { roomName: 'x' }, 0), created('a', { roomName: 'y' }), false],
    ['a create that carries less', requested('RoomCreationRequested', 'op', { roomName: 'x' }, 0), created('a', {}), true],
    ['an update with the same list', requested('RoomUpdateRequested', 'op', { category: [1, 2] }, 0), updated({ category: [1, 2] }), true],
    ['an update with a longer list', requested('RoomUpdateRequested', 'op', { category: [1] }, 0), updated({ category: [1, 2] }), false],
    ['an update of what was not asked', requested('RoomUpdateRequested', 'op', { roomName: 'x' }, 0), updated({ category: [1] }), false],
    [
      'an update, half of it otherwise',
      requested('RoomUpdateRequested', 'op', { roomName: 'x', category: [1] }, 0),
      updated({ roomName: 'x', category: [2] }),
      false,
    ],
    [
      'an update with more in it',
      requested('RoomUpdateRequested', 'op', { roomName: 'x' }, 0),
      updated({ roomName: 'x', notice: 'n' }),
      true,
    ],
    ['a destroy by request', requested('RoomDestructionRequested', 'op', {}, 0), destroyed('DestroyByUser'), true],
    ["a destroy by the vendor's rules", requested('RoomDestructionRequested', 'op', {}, 0), destroyed('DestroyBySystem'), false],
  ]
  it.each(askedFor)('given a request, when the fact is %s, then it is told whether that was meant', (_, request, event, fits) => {
    expect(attributed([request], callback(event, 1000)).operationId).toBe(fits ? 'op' : undefined)
  })
})

describe('an update whose fields come apart', () => {
  const asked = requested('RoomUpdateRequested', 'op-1', { roomName: 'x', category: [1] }, 0)
  const first = fact(updated({ roomName: 'x' }), 1000, { operationId: 'op-1' })

  it('given that one field was seen, when the other comes, then it is taken for the same request', () => {
    expect(attributed([asked, first], callback(updated({ category: [1] }), 2000)).operationId).toBe('op-1')
  })
  it('given that one field was seen, when the same comes once more, then it tells nothing of this request', () => {
    expect(attributed([asked, first], callback(updated({ roomName: 'x' }), 2000))).toEqual(none)
  })
  it('given another request for the same field, when it comes once more, then that other one has it', () => {
    const other = requested('RoomUpdateRequested', 'op-2', { roomName: 'x' }, 500)
    expect(attributed([asked, first, other], callback(updated({ roomName: 'x' }), 2000))).toEqual({
      operationId: 'op-2',
      attribution: 'unique',
    })
  })
})

describe('a fact that came before', () => {
  it('given that it is in the ledger, when it comes again, then nothing is recorded, though a request would fit by now', () => {
    const incoming = callback(change, 2000)
    const recorded = fact(change, 2000, {}, { id: incoming.id })
    expect(decideFact(foldRoom([recorded, toBen('op-1', 1000)]), incoming)).toEqual([])
  })
  it('given a destroyed room, when an old fact of its life comes again, then nothing is recorded', () => {
    const life = [fact(created('anna'), 0), fact(change, 2000, {}, { id: 'callback at 2000' }), fact(destroyed(), 3000)]
    expect(decideFact(foldRoom([...life, fact(created('anna'), 4000)]), callback(change, 2000))).toEqual([])
  })
  it('given another fact of the very same moment, when it comes, then it is recorded', () => {
    expect(decideFact(foldRoom([fact(change, 2000, {}, { id: 'other' })]), callback(change, 2000))).toHaveLength(1)
  })
})
