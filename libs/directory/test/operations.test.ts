import { describe, expect, it } from 'vitest'
import { foldRoom } from '#room'
import { toRoomEvent, type OperationFilter } from '../src/index.js'
import { caughtUp, everyPage, following, itemsOf, storeForTest } from './support/open.js'
import {
  accepted,
  at,
  creationRequested,
  destroyed,
  destructionRequested,
  idOf,
  ownerChangeRequested,
  record,
  rejected,
  roomEvent,
  updateRequested,
} from './support/room-events.js'

const given = async () => {
  const store = await storeForTest()
  await record(
    store,
    'r1',
    roomEvent(creationRequested('r1', 'op-a', { owner: 'anna' }), 1),
    roomEvent(updateRequested('r1', 'op-b', { roomName: 'x' }, 'console'), 2),
    roomEvent(accepted('op-b'), 3),
    roomEvent(rejected('op-a'), 4),
  )
  await record(
    store,
    'r2',
    roomEvent(ownerChangeRequested('r2', 'op-c', { newOwner: 'berta' }), 3),
    roomEvent(destructionRequested('r2', 'op-d'), 5),
    roomEvent(destroyed('r2'), 6, { id: idOf('end'), operationId: 'op-d', attribution: 'unique' }),
  )
  const directory = await following(store)
  await caughtUp(directory)
  return { store, directory }
}

describe('operations in the index', () => {
  it('given operations of several rooms, when looked up, then their room is told, and nothing for an id that is none', async () => {
    const { directory } = await given()
    expect(directory.findOperation('op-a')).toEqual({ roomId: 'r1' })
    expect(directory.findOperation('op-d')).toEqual({ roomId: 'r2' })
    expect(directory.findOperation('op-x')).toBeUndefined()
  })

  it('given operations, when listed, then each is whole, as the room itself has it', async () => {
    const { store, directory } = await given()
    const events = []
    for await (const event of store.readStream('room-r2')) events.push(toRoomEvent(event))
    expect(itemsOf(directory.listOperations({ limit: 10, roomId: 'r2' }))).toEqual(foldRoom(events).operations.toReversed())
  })

  it('given operations, when filtered, then exactly those that fit come, youngest first', async () => {
    const { directory } = await given()
    const cases: [OperationFilter, string[]][] = [
      [{}, ['op-d', 'op-c', 'op-b', 'op-a']],
      [{ status: 'requested' }, ['op-c']],
      [{ status: 'accepted' }, ['op-b']],
      [{ status: 'rejected' }, ['op-a']],
      [{ status: 'confirmed' }, ['op-d']],
      [{ status: 'unresolved' }, []],
      [{ roomId: 'r1' }, ['op-b', 'op-a']],
      [{ requestedBy: 'console' }, ['op-b']],
      [{ requestedBy: 'dashboard', since: at(3) }, ['op-d', 'op-c']],
      [{ since: at(6) }, []],
    ]
    for (const [filter, ids] of cases) {
      const listed = everyPage((cursor) => directory.listOperations({ limit: 1, ...filter, ...(cursor && { cursor }) }))
      expect([filter, listed.map(({ operationId }) => operationId)]).toEqual([filter, ids])
    }
  })

  it('given operations, when the open ones are asked for, then they come oldest first, page after page, until they end', async () => {
    const { store, directory } = await given()
    const open = directory.openOperations({ limit: 10 })
    expect(open.map(({ operationId }) => operationId)).toEqual(['op-b', 'op-c'])
    expect(directory.openOperations({ limit: 1 })).toEqual([open[0]])
    expect(directory.openOperations({ limit: 10, after: open[0]! })).toEqual([open[1]])
    expect(directory.openOperations({ limit: 10, after: open[1]! })).toEqual([])

    await record(store, 'r1', roomEvent(rejected('op-b'), 9))
    await caughtUp(directory)
    expect(directory.openOperations({ limit: 10 })).toEqual([open[1]])
  })
})
