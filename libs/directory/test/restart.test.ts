import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { EventStore } from '#event-store'
import { openDirectory, type Directory } from '../src/index.js'
import { eventually } from '../../../test/support/eventually.js'
import { caughtUp, folderForTest, following, itemsOf, storeForTest } from './support/open.js'
import { created, record, roomEvent, updated } from './support/room-events.js'

const idsOf = (directory: Directory): string[] => itemsOf(directory.listRooms({ limit: 500, sort: 'roomId' })).map(({ roomId }) => roomId)

const recordRooms = async (store: EventStore, ...ids: string[]): Promise<void> => recordRoomsOf('anna', store, ids)
const recordRoomsOf = async (owner: string, store: EventStore, ids: readonly string[]): Promise<void> => {
  for (const id of ids) await record(store, id, roomEvent(created(id, owner, { roomName: id.repeat(200) }), 0))
}

/** A store of three rooms, and an index of them that has stopped. */
const given = async () => {
  const store = await storeForTest()
  await recordRooms(store, 'r1', 'r2', 'r3')
  const file = join(folderForTest(), 'deep', 'er', 'directory.db')
  const directory = await following(store, { file })
  await caughtUp(directory)
  await directory.stop()
  return { store, file }
}

describe('an index that is opened again', () => {
  it('given one that stopped, when opened, then it answers before it follows, and reads on from its checkpoint only', async () => {
    const { store, file } = await given()
    const asked: (bigint | undefined)[] = []
    const watched: EventStore = { ...store, subscribe: (options) => (asked.push(options?.after), store.subscribe(options)) }
    const messages: string[] = []
    const directory = await openDirectory({ file, store: watched, log: (message) => void messages.push(message) })
    expect(idsOf(directory)).toEqual(['r1', 'r2', 'r3'])

    await recordRooms(store, 'r4')
    await record(store, 'r1', roomEvent(updated('r1', { roomName: 'new' }), 5))
    await directory.start()
    await caughtUp(directory)
    expect(idsOf(directory)).toEqual(['r1', 'r2', 'r3', 'r4'])
    expect(itemsOf(directory.listRooms({ limit: 1 }))).toMatchObject([{ roomId: 'r1', owner: 'anna', info: { roomName: 'new' } }])
    expect(asked).toEqual([3n])
    expect(messages).toEqual([])
    await directory.stop()
  })

  const otherStore = async (ids: string[]): Promise<EventStore> => {
    const store = await storeForTest()
    await recordRoomsOf('berta', store, ids)
    return store
  }
  it.each([
    ['shorter', ['q1']],
    ['longer', ['q1', 'q2', 'q3', 'q4', 'q5']],
    ['of the same rooms in another order', ['r3', 'r2', 'r1', 'r4']],
    ['of the same rooms in the same order', ['r1', 'r2', 'r3', 'r4']],
  ])('given another ledger that is %s, when the index is opened over it, then it holds that one alone', async (_, ids) => {
    const { file } = await given()
    const directory = await following(await otherStore(ids), { file })
    expect(directory.messages.join()).toContain('another log')
    await caughtUp(directory)
    expect(idsOf(directory)).toEqual(ids.toSorted())
    expect(itemsOf(directory.listRooms({ limit: 9, owner: 'anna' }))).toEqual([])
  })

  const damages: [string, (file: string) => void][] = [
    ['is gone', (file) => rmSync(file)],
    ['is empty', (file) => truncateSync(file)],
    ['is text', (file) => writeFileSync(file, 'no database at all, but a text that is long enough to be taken for one\n'.repeat(99))],
    ['ends in the middle', (file) => truncateSync(file, 4096 * 5)],
    ['has its middle overwritten', (file) => writeFileSync(file, overwritten(readFileSync(file)))],
    ['has another format', (file) => alter(file, 'PRAGMA user_version = 99')],
    ['is a database of something else', (file) => alter(file, 'DROP TABLE rooms; DROP TABLE checkpoint; PRAGMA user_version = 0')],
    ['has the version but not the tables', (file) => alter(file, 'DROP TABLE checkpoint')],
  ]
  const overwritten = (bytes: Buffer): Buffer => bytes.fill(0xff, 4096, bytes.length - 4096)
  const alter = (file: string, sql: string): void => {
    const db = new DatabaseSync(file)
    db.exec(sql)
    db.close()
  }
  it.each(damages)('given a file that %s, when opened, then the index is rebuilt from the log', async (_, damage) => {
    const { store, file } = await given()
    damage(file)
    const directory = await following(store, { file })
    await caughtUp(directory)
    expect(idsOf(directory)).toEqual(['r1', 'r2', 'r3'])
  })

  it('given a file that another has open, when opened, then it is refused and the file is left to the other', async () => {
    const { store, file } = await given()
    const directory = await following(store, { file })
    await expect(openDirectory({ file, store })).rejects.toThrow('in use')
    await recordRooms(store, 'r4')
    await caughtUp(directory)
    await directory.stop()
    const again = await openDirectory({ file, store })
    expect(idsOf(again)).toEqual(['r1', 'r2', 'r3', 'r4'])
    await again.stop()
  })

  it('given a store that is away, when opened, then that is told, and the file can be opened once the store is back', async () => {
    const { store, file } = await given()
    const failing: EventStore = {
      ...store,
      readStream: () => {
        throw new Error('away')
      },
    }
    await expect(openDirectory({ file, store: failing })).rejects.toThrow('away')
    const directory = await openDirectory({ file, store })
    expect(idsOf(directory)).toEqual(['r1', 'r2', 'r3'])
    await directory.stop()
  })
})

describe('a rebuild', () => {
  it('given rows that the log does not bear out, when rebuilt while it follows, then they are gone and what is new still comes', async () => {
    const { store, file } = await given()
    const db = new DatabaseSync(file)
    db.exec(`UPDATE room_views SET view = replace(view, 'anna', 'mallory'); DELETE FROM rooms WHERE room_id = 'r2'`)
    db.close()
    // As after a kill: else it would show that somebody has been at it.
    rmSync(`${file}-seal`)
    const directory = await following(store, { file })
    await caughtUp(directory)
    expect(idsOf(directory)).toEqual(['r1', 'r3'])

    await Promise.all([directory.rebuild(), directory.rebuild()])
    await caughtUp(directory)
    expect(itemsOf(directory.listRooms({ limit: 9, sort: 'roomId' }))).toMatchObject([
      { roomId: 'r1', owner: 'anna' },
      { roomId: 'r2', owner: 'anna' },
      { roomId: 'r3', owner: 'anna' },
    ])
    await recordRooms(store, 'r4')
    await caughtUp(directory)
    expect(idsOf(directory)).toHaveLength(4)
  })

  it('given an index that does not follow, when rebuilt, then it is empty until it is started', async () => {
    const { store, file } = await given()
    const directory = await openDirectory({ file, store })
    await directory.rebuild()
    expect([idsOf(directory), directory.status()]).toEqual([[], { position: -1n, caughtUp: false }])
    await directory.start()
    await caughtUp(directory)
    expect(idsOf(directory)).toEqual(['r1', 'r2', 'r3'])
    await directory.stop()
  })

  it('given a file that is damaged while it is in use, when that shows, then the index mends itself', async () => {
    const store = await storeForTest()
    // More than is held in memory, so that the file is read again.
    const entries = { k: 'v'.repeat(250_000) }
    for (let n = 0; n < 400; n += 1)
      await record(store, `r${n}`, roomEvent({ type: 'RoomMetadataSet', data: { roomId: `r${n}`, entries } }, 0))
    const file = join(folderForTest(), 'directory.db')
    const directory = await following(store, { file })
    await caughtUp(directory)
    writeFileSync(file, readFileSync(file).fill(0xff, 4096))
    expect(() => idsOf(directory)).toThrow('malformed')

    await eventually(() => directory.status().caughtUp && idsOf(directory).length === 400)
    expect(directory.messages.join()).toContain('damaged')
  })
})
