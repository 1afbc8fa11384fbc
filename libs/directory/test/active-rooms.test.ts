import { describe, expect, it } from 'vitest'
import { derivedFile } from '#event-store'
import { join } from 'node:path'
import { activeRoomsSql } from '../src/reader.js'
import { formatVersion, tables } from '../src/schema.js'
import { caughtUp, folderForTest, following, storeForTest } from './support/open.js'
import { created, destroyed, record, roomEvent } from './support/room-events.js'

describe('rooms that are there', () => {
  it('given rooms of which one has ended, when they are asked for, then the others come in their order, page by page', async () => {
    const store = await storeForTest()
    const directory = await following(store, { file: join(folderForTest(), 'directory.db') })
    expect([directory.activeRooms({ limit: 10 }), directory.anyActiveRoom()]).toEqual([[], undefined])
    for (const id of ['d', 'b', 'a', 'c']) await record(store, id, roomEvent(created(id, 'anna'), 0))
    await record(store, 'b', roomEvent(destroyed('b'), 5))
    await caughtUp(directory)
    expect(directory.activeRooms({ limit: 2 })).toEqual(['a', 'c'])
    // The last one of a page may have gone meanwhile.
    expect(directory.activeRooms({ limit: 2, after: 'b' })).toEqual(['c', 'd'])
    expect(directory.activeRooms({ limit: 2, after: 'd' })).toEqual([])
    expect([directory.roomIds({ limit: 3 }), directory.roomIds({ limit: 3, after: 'b' })]).toEqual([
      ['a', 'b', 'c'],
      ['c', 'd'],
    ])
    const drawn = new Set(Array.from({ length: 200 }, () => directory.anyActiveRoom()))
    expect([...drawn].toSorted()).toEqual(['a', 'c', 'd'])
  })

  it('given many rooms that have ended, when a page is read, then SQLite does not walk them', () => {
    const plan = derivedFile(':memory:', { formatVersion, tables }, () => {})
      .makeAnew()
      .prepare(`EXPLAIN QUERY PLAN ${activeRoomsSql}`)
      .all('a', 100)
    expect(plan.map(({ detail }) => detail)).toEqual(['SEARCH rooms USING COVERING INDEX active_rooms (room_id>?)'])
  })
})
