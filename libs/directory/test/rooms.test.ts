import { describe, expect, it } from 'vitest'
import type { EventStore } from '#event-store'
import type { Directory, RoomFilter, RoomRow, RoomSort } from '../src/index.js'
import { caughtUp, everyPage, following, itemsOf, storeForTest } from './support/open.js'
import {
  accepted,
  at,
  created,
  destroyed,
  destructionRequested,
  idOf,
  observed,
  record,
  roomEvent,
  updated,
  updateRequested,
} from './support/room-events.js'

const allOf = (directory: Directory, filter: RoomFilter = {}): readonly RoomRow[] => itemsOf(directory.listRooms({ limit: 500, ...filter }))
const idsOf = (rooms: readonly RoomRow[]): string[] => rooms.map(({ roomId }) => roomId)

const given = async (tell: (store: EventStore) => Promise<void>): Promise<Directory & { store: EventStore }> => {
  const store = await storeForTest()
  await tell(store)
  const directory = await following(store)
  await caughtUp(directory)
  return { ...directory, store }
}

describe('a room in the list', () => {
  it('given a room that was used and destroyed on request, when listed, then its row tells all of it', async () => {
    const directory = await given((store) =>
      record(
        store,
        'r1',
        roomEvent(created('r1', 'anna', { roomName: 'Song', category: [1, 2] }), 0),
        roomEvent({ type: 'RoomMetadataSet', data: { roomId: 'r1', entries: { ['__proto__']: 'x', k: 'v' } } }, 1),
        roomEvent({ type: 'RoomAdminsChanged', data: { roomId: 'r1', change: 'add', admins: ['berta'] } }, 2),
        roomEvent(updateRequested('r1', 'op-0', { roomName: 'Dance' }), 3),
        roomEvent(destructionRequested('r1', 'op-1'), 3),
        roomEvent(accepted('op-1'), 4),
        roomEvent(destroyed('r1'), 5, { id: idOf('end'), operationId: 'op-1' }),
      ),
    )
    const [row] = allOf(directory)
    expect(row).toEqual({
      roomId: 'r1',
      life: 1,
      status: 'destroyed',
      origin: 'created',
      owner: 'anna',
      admins: ['berta'],
      info: { roomName: 'Song', category: [1, 2] },
      metadata: JSON.parse('{"__proto__":"x","k":"v"}') as unknown,
      createdAt: at(0),
      updatedAt: at(5),
      destroyedAt: at(5),
      destroyCause: 'Destroy',
      statistics: { totalViewers: 3 },
      statisticsSource: 'command',
      revision: 6,
      pendingOperations: [{ operationId: 'op-0', kind: 'update-room', status: 'requested', requestedAt: at(3) }],
    })
  })

  it('given a room that is only asked for, when listed, then it is not there before its first fact', async () => {
    const directory = await given((store) => record(store, 'r1', roomEvent(updateRequested('r1', 'op'), 0)))
    expect(allOf(directory)).toEqual([])
    expect(directory.findOperation('op')).toEqual({ roomId: 'r1' })

    await record(directory.store, 'r1', roomEvent(created('r1', 'anna'), 1))
    await caughtUp(directory)
    expect(allOf(directory)).toMatchObject([{ roomId: 'r1', pendingOperations: [{ operationId: 'op' }] }])
  })

  it('given room ids with every sort of character, when found by them, then each is itself', async () => {
    const ids = ['a/b', 'a%2Fb', 'a b', 'a-b', `it's "q"`, '房间', 'a_b', 'a%b', 'x'.repeat(48)]
    const directory = await given(async (store) => {
      for (const id of ids) await record(store, id, roomEvent(created(id, 'anna'), 0))
    })
    expect(idsOf(allOf(directory, { sort: 'roomId' }))).toEqual(ids.toSorted())
    for (const id of ids) expect(idsOf(allOf(directory, { q: id }))).toContain(id)
  })
})

describe('what rooms are looked for by', () => {
  const rooms = (): Promise<Directory & { store: EventStore }> =>
    given(async (store) => {
      const first = { roomName: 'Évening 100%_real', category: [1, 12], activityStatus: 0, isPublicVisible: true }
      await record(store, 'r1', roomEvent(created('r1', 'anna', first), 10))
      const second = { roomName: 'Morning ΟΔΟΣ', category: [2], activityStatus: 7, isPublicVisible: false }
      await record(store, 'r2', roomEvent(created('r2', 'berta', second), 20), roomEvent(destroyed('r2'), 40))
      await record(store, 'R3', roomEvent(observed('R3', 'anna'), 30))
    })

  const cases: [RoomFilter, string[]][] = [
    [{}, ['r2', 'R3', 'r1']],
    [{ status: 'active' }, ['R3', 'r1']],
    [{ status: 'destroyed' }, ['r2']],
    [{ owner: 'anna' }, ['R3', 'r1']],
    [{ owner: 'ann' }, []],
    [{ category: 1 }, ['r1']],
    [{ category: 2 }, ['r2']],
    [{ category: 12 }, ['r1']],
    [{ activityStatus: 0 }, ['r1']],
    [{ activityStatus: 7 }, ['r2']],
    [{ isPublicVisible: true }, ['r1']],
    [{ isPublicVisible: false }, ['r2']],
    [{ updatedSince: at(30) }, ['r2', 'R3']],
    [{ updatedSince: at(31) }, ['r2']],
    [{ q: 'r' }, ['r2', 'R3', 'r1']],
    [{ q: 'r3' }, ['R3']],
    [{ q: 'MORN' }, ['r2']],
    [{ q: 'évening' }, ['r1']],
    [{ q: 'e\u0301vening' }, ['r1']],
    [{ q: 'οδοσ' }, ['r2']],
    [{ q: '0%_R' }, ['r1']],
    [{ q: '%' }, ['r1']],
    [{ q: '_' }, ['r1']],
    [{ q: '\\' }, []],
    [{ q: `'` }, []],
    [{ status: 'active', owner: 'anna', q: 'evening', category: 12 }, []],
    [{ status: 'active', owner: 'anna', q: 'Évening', category: 12, isPublicVisible: true, updatedSince: at(10) }, ['r1']],
    [{ sort: 'updatedAt' }, ['r1', 'R3', 'r2']],
    [{ sort: 'createdAt' }, ['R3', 'r1', 'r2']],
    [{ sort: '-createdAt' }, ['r2', 'r1', 'R3']],
    [{ sort: 'roomId' }, ['R3', 'r1', 'r2']],
    [{ sort: '-roomId', status: 'active' }, ['r1', 'R3']],
    [{ sort: 'createdAt', owner: 'anna' }, ['R3', 'r1']],
  ]

  it('given three rooms, when filtered and sorted, then exactly those that fit come, in order', async () => {
    const directory = await rooms()
    for (const [filter, ids] of cases) expect([filter, idsOf(allOf(directory, filter))]).toEqual([filter, ids])
  })

  it('given a room that changes, when filtered by what it was, then it is no longer found', async () => {
    const directory = await rooms()
    await record(directory.store, 'r1', roomEvent(updated('r1', { roomName: 'Night', category: [], isPublicVisible: false }), 50))
    await caughtUp(directory)
    expect(idsOf(allOf(directory, { q: 'vening' }))).toEqual([])
    expect(idsOf(allOf(directory, { category: 12 }))).toEqual([])
    expect(idsOf(allOf(directory, { q: 'nIGHT', isPublicVisible: false }))).toEqual(['r1'])
  })
})

describe('pages of rooms', () => {
  const sorts: RoomSort[] = ['updatedAt', '-updatedAt', 'createdAt', '-createdAt', 'roomId', '-roomId']
  const many = (): Promise<Directory & { store: EventStore }> =>
    given(async (store) => {
      for (let n = 0; n < 25; n += 1) {
        const roomId = `r${String((n * 7) % 25).padStart(2, '0')}`
        // Few times, so that many rooms share one and a page ends among equals.
        await record(store, roomId, roomEvent(n % 5 === 0 ? observed(roomId, 'anna') : created(roomId, 'anna'), n % 4))
      }
    })

  it('given rooms that share their times, when paged in whatever order and size, then all come once, as in one list', async () => {
    const directory = await many()
    for (const sort of sorts) {
      const whole = idsOf(allOf(directory, { sort }))
      expect(new Set(whole).size).toBe(25)
      for (const limit of [1, 4, 5, 25])
        expect(idsOf(everyPage((cursor) => directory.listRooms({ sort, limit, ...(cursor && { cursor }) })))).toEqual(whole)
    }
  })

  it('given a cursor, when rooms come and change before it is used, then no room that stayed as it was is missed or repeated', async () => {
    const directory = await many()
    const whole = idsOf(allOf(directory, { sort: 'updatedAt' }))
    const first = directory.listRooms({ sort: 'updatedAt', limit: 10 })
    await record(directory.store, 'r-new', roomEvent(created('r-new', 'anna'), 0))
    await record(directory.store, whole[0]!, roomEvent(destroyed(whole[0]!), 90))
    await record(directory.store, whole[9]!, roomEvent(destroyed(whole[9]!), 90))
    await caughtUp(directory)

    const cursor = first.ok ? first.nextCursor! : ''
    const rest = idsOf(itemsOf(directory.listRooms({ sort: 'updatedAt', limit: 500, cursor })))
    expect(rest.filter((id) => id !== 'r-new')).toEqual([...whole.slice(10), ...[whole[0]!, whole[9]!].toSorted()])
  })

  it('given cursors of another order, another list, or none at all, when used, then they are refused', async () => {
    const directory = await many()
    const page = directory.listRooms({ sort: 'updatedAt', limit: 3 })
    const cursor = page.ok ? page.nextCursor! : ''
    const garbage = [
      '',
      'garbage',
      `${cursor}!`,
      `${cursor}A`,
      cursor.slice(0, -2),
      Buffer.from('[]').toString('base64url'),
      Buffer.from('null').toString('base64url'),
    ]
    for (const text of garbage) expect(directory.listRooms({ sort: 'updatedAt', limit: 3, cursor: text })).toEqual(badCursor)
    for (const sort of sorts.slice(1)) expect(directory.listRooms({ sort, limit: 3, cursor })).toEqual(badCursor)
    expect(directory.listOperations({ limit: 3, cursor })).toEqual(badCursor)
    expect(directory.ownerships('anna', { limit: 3, cursor })).toEqual(badCursor)
    expect(directory.listRooms({ sort: 'updatedAt', limit: 3, cursor }).ok).toBe(true)
  })
})
const badCursor = { ok: false, problem: 'bad-cursor' }
