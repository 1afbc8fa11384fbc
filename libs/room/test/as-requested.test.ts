import { describe, expect, it } from 'vitest'
import { foldRoom, isAsRequested, type Observation, type Request } from '../src/index.js'
import { at, requested } from './given.js'

const seen = (more: Partial<Observation> = {}): Observation => ({
  roomId: 'r',
  exists: true,
  observedAt: at(0),
  eventId: (name) => name,
  ...more,
})
const gone = seen({ exists: false })
const anna = { owner: 'anna' }

const cases: [Request['type'], object, string, Observation, boolean][] = [
  ['RoomDestructionRequested', {}, 'is gone', gone, true],
  ['RoomDestructionRequested', {}, 'is there', seen(anna), false],
  ['OwnerChangeRequested', { newOwner: 'ben' }, 'has the new owner', seen({ owner: 'ben' }), true],
  ['OwnerChangeRequested', { newOwner: 'ben' }, 'has another owner', seen(anna), false],
  ['OwnerChangeRequested', { newOwner: 'ben' }, 'is gone', gone, false],
  ['RoomUpdateRequested', { roomName: 'x' }, 'has the name', seen({ info: { roomName: 'x', category: [1] } }), true],
  ['RoomUpdateRequested', { roomName: 'x' }, 'has another name', seen({ info: { roomName: 'y' } }), false],
  [
    'RoomUpdateRequested',
    { roomName: 'x', notice: 'n' },
    'has the name, without a word of the rest',
    seen({ info: { roomName: 'x' } }),
    true,
  ],
  ['RoomUpdateRequested', { notice: 'n' }, 'is there, without a word of it', seen({ ...anna, info: { roomName: 'x' } }), false],
  ['OwnerChangeRequested', { newOwner: 'ben' }, 'is there, without a word of its owner', seen({ info: { roomName: 'x' } }), false],
  ['RoomCreationRequested', { roomName: 'x' }, 'is there, without a word of it', seen(), true],
  ['RoomUpdateRequested', { roomName: 'x', notice: 'n' }, 'has only one of two', seen({ info: { roomName: 'x', notice: '' } }), false],
  ['RoomUpdateRequested', { category: [1, 2] }, 'has them in another order', seen({ info: { category: [2, 1] } }), false],
  ['RoomUpdateRequested', { roomName: 'x' }, 'is gone', gone, false],
  ['RoomCreationRequested', { owner: 'anna', roomName: 'x' }, 'is there as asked', seen({ ...anna, info: { roomName: 'x' } }), true],
  [
    'RoomCreationRequested',
    { owner: 'anna', roomName: 'x' },
    "is there, but another's",
    seen({ owner: 'b', info: { roomName: 'x' } }),
    false,
  ],
  ['RoomCreationRequested', { owner: 'anna', seatTemplate: 's' }, 'is there with whatever seats', seen(anna), true],
  ['RoomCreationRequested', {}, 'is there, whosever it is', seen(anna), true],
  ['RoomCreationRequested', {}, 'is not there', gone, false],
]

describe('whether a room is as an operation asked for', () => {
  it.each(cases)('given a %s of %j, when the room %s, then it is told', (type, parameters, _, observation, expected) => {
    const [operation] = foldRoom([requested(type, 'op', parameters, 0)]).operations
    expect(isAsRequested(operation!, observation)).toBe(expected)
  })
})
