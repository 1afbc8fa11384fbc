import { describe, expect, it } from 'vitest'
import { decideOutcome, decideRequest, foldRoom, type Command, type Outcome, type RoomEvent } from '../src/index.js'
import { accepted, at, created, fact, ownerChanged, recorded, requested, requestedBy } from './given.js'

const command = (more: Partial<Command> = {}): Command => ({
  operationId: 'op-1',
  kind: 'change-owner',
  roomId: 'r',
  parameters: { newOwner: 'ben' },
  requestedBy,
  requestId: 'request-1',
  ...more,
})
const known = [fact(created('anna'), 0, {}, { revision: 4 }), requestOf('op-0', 5)]
function requestOf(operationId: string, revision: number): RoomEvent {
  return { ...requested('OwnerChangeRequested', operationId, { newOwner: 'ben' }, 0), revision }
}

describe('a request', () => {
  it.each([
    ['create-room', 'RoomCreationRequested'],
    ['update-room', 'RoomUpdateRequested'],
    ['change-owner', 'OwnerChangeRequested'],
    ['destroy-room', 'RoomDestructionRequested'],
  ] as const)('given a room that nobody knows, when %s is asked for, then it is written down all the same', (kind, type) => {
    expect(decideRequest(foldRoom([]), command({ kind, reason: 'why' }))).toEqual({
      ok: true,
      events: [
        {
          id: 'request-1',
          event: { type, data: { operationId: 'op-1', roomId: 'r', parameters: { newOwner: 'ben' }, reason: 'why', requestedBy } },
          metadata: {
            timeSource: 'received',
            source: 'command',
            actor: { kind: 'apiClient', id: 'dashboard' },
            $correlationId: 'op-1',
          },
        },
      ],
    })
  })

  it('given no reason, when asked, then none is written', () => {
    const decision = decideRequest(foldRoom([]), command())
    expect(decision.ok && Object.keys(decision.events[0]!.event.data)).toEqual(['operationId', 'roomId', 'parameters', 'requestedBy'])
  })

  it('given the same operation id, when asked a second time, then nothing is written, whatever the room is by now', () => {
    expect(decideRequest(foldRoom(known), command({ operationId: 'op-0', ifMatch: [99] }))).toEqual({ ok: true, events: [] })
  })

  const matches: [string, Command['ifMatch'], readonly RoomEvent[], number | 'written'][] = [
    ['the revision of its youngest fact', [4], known, 'written'],
    ['several, one of them right', [1, 4], known, 'written'],
    ['an older revision', [3], known, 4],
    ['the revision of a request', [5], known, 4],
    ['no revision at all', [], known, 4],
    ['any, of a room that is known', ['*'], known, 'written'],
    ['any, of a room that nobody knows', ['*'], [], -1],
    ['any, of a room that was only asked for', ['*'], [requestOf('op-0', 0)], -1],
    ['what stands for a room that nobody knows', [-1], [], -1],
  ]
  it.each(matches)('given If-Match with %s, when asked, then the room is compared with it', (_, ifMatch, events, expected) => {
    const decision = decideRequest(foldRoom(events), command({ ifMatch: ifMatch! }))
    expect(decision.ok ? 'written' : decision.revision).toBe(expected)
  })
})

const vendor = { errorCode: 0, requestId: 'v-1' }
const outcomes = {
  accepted: { type: 'RequestAccepted', data: { operationId: 'op-1', vendor } },
  rejected: { type: 'RequestRejected', data: { operationId: 'op-1', vendor: { errorCode: 100006 } } },
  unresolved: { type: 'RequestUnresolved', data: { operationId: 'op-1', cause: 'timeout' } },
} satisfies Record<string, Outcome>
const request = requestOf('op-1', 0)
const confirmedBy = fact(ownerChanged('anna', 'ben'), 1000, { operationId: 'op-1' })
const had = (outcome: Outcome): RoomEvent => recorded(outcome, { source: 'command', recordedAt: at(500) })

describe('an outcome', () => {
  it('given a request, when the vendor has answered, then that is written with the request as its cause', () => {
    expect(decideOutcome(foldRoom([request]), 'outcome-1', outcomes.accepted)).toEqual([
      {
        id: 'outcome-1',
        event: outcomes.accepted,
        metadata: {
          timeSource: 'received',
          source: 'command',
          actor: { kind: 'system', id: 'room-ledger' },
          operationId: 'op-1',
          $correlationId: 'op-1',
          $causationId: request.id,
        },
      },
    ])
  })

  type Name = keyof typeof outcomes
  const rules: [string, readonly RoomEvent[], readonly Name[]][] = [
    ['is not known', [], []],
    ['was written down', [request], ['accepted', 'rejected', 'unresolved']],
    ['is unresolved', [request, had(outcomes.unresolved)], ['accepted', 'rejected']],
    ['was accepted', [request, accepted('op-1')], ['rejected']],
    ['was rejected', [request, had(outcomes.rejected)], []],
    ['was confirmed before the answer', [request, confirmedBy], ['accepted', 'rejected']],
    ['was accepted and confirmed', [request, accepted('op-1'), confirmedBy], ['rejected']],
  ]
  it.each(rules)('given an operation that %s, when outcomes come, then only those that tell more are written', (_, events, written) => {
    const names = Object.keys(outcomes) as Name[]
    expect(names.filter((name) => decideOutcome(foldRoom(events), 'o', outcomes[name]).length > 0)).toEqual(written)
  })
})
