import { describe, expect, it } from 'vitest'
import { openDirectory } from '../src/index.js'
import { join } from 'node:path'
import { caughtUp, folderForTest, following, storeForTest } from './support/open.js'
import { created, observed, ownerChangeRequested, record, roomEvent, updated } from './support/room-events.js'

const gone = (roomId: string) => ({ type: 'RoomDestroyed', data: { roomId, cause: 'DestroyByUser' } }) as const
const nothingFound = (roomId: string) => ({ type: 'RoomObserved', data: { roomId, exists: false } }) as const

describe('rooms to ask the vendor about', () => {
  it('given facts after the end of rooms, when they are asked for, then page by page, also after a restart, until a look explains them', async () => {
    const store = await storeForTest()
    const file = join(folderForTest(), 'directory.db')
    const directory = await following(store, { file })
    for (const id of ['a', 'b', 'c'])
      await record(
        store,
        id,
        roomEvent(created(id, 'anna'), 0),
        roomEvent(gone(id), 5),
        ...(id === 'b' ? [] : [roomEvent(updated(id, {}), 9)]),
      )
    await caughtUp(directory)
    expect(directory.roomsToAskAbout({ limit: 1 })).toEqual(['a'])
    expect(directory.roomsToAskAbout({ limit: 10, after: 'a' })).toEqual(['c'])
    expect(directory.roomsToAskAbout({ limit: 10, after: 'c' })).toEqual([])
    await directory.stop()

    const again = await openDirectory({ store, file })
    expect(again.roomsToAskAbout({ limit: 10 })).toEqual(['a', 'c'])
    await again.start()
    await record(store, 'a', roomEvent(nothingFound('a'), 12))
    await record(store, 'c', roomEvent(created('c', 'ben'), 7))
    await caughtUp(again)
    expect(again.roomsToAskAbout({ limit: 10 })).toEqual([])
    await again.stop()
  })

  it('given a request that the vendor refused for want of the room, then the room is among them until a look explains it', async () => {
    const store = await storeForTest()
    const directory = await following(store, { file: join(folderForTest(), 'directory.db') })
    const refused = { type: 'RequestRejected', data: { operationId: 'op', vendor: { errorCode: 100004 } } } as const
    await record(store, 'a', roomEvent(created('a', 'anna'), 0))
    await record(store, 'a', roomEvent(ownerChangeRequested('a', 'op', { newOwner: 'ben' }), 5), roomEvent(refused, 6))
    await caughtUp(directory)
    expect(directory.roomsToAskAbout({ limit: 10 })).toEqual(['a'])
    await record(store, 'a', roomEvent(observed('a', 'anna'), 9))
    await caughtUp(directory)
    expect(directory.roomsToAskAbout({ limit: 10 })).toEqual([])
    await directory.stop()
  })
})
