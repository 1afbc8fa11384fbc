// How long the index takes to be rebuilt, opened and asked, over 100,000 rooms.
// node --conditions=source --import ./test/support/run-typescript.mjs libs/directory/test/list-speed.ts [rooms]
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteEventStore } from '#event-store-sqlite'
import { openDirectory, type PageRequest, type RoomFilter } from '../src/index.js'
import { created, destroyed, ownerChanged, roomEvent, updateRequested } from './support/room-events.js'

const rooms = Number(process.argv[2] ?? 100_000)
const folder = mkdtempSync(join(tmpdir(), 'room-ledger-list-speed-'))
const file = join(folder, 'directory.db')
const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1)

const infoOf = (n: number): object => ({
  roomName: `Evening song number ${n}`,
  category: [n % 50],
  activityStatus: n % 3,
  isPublicVisible: n % 2 === 0,
  coverUrl: `https://images.example/covers/${n}.jpg`,
  maxMemberCount: 500,
  takeSeatMode: 'ApplyToTake',
})

try {
  const store = await openSqliteEventStore(join(folder, 'store.db'))
  for (let start = 0; start < rooms; start += 1000)
    await Promise.all(
      Array.from({ length: 1000 }, (_, i) => {
        const n = start + i
        const roomId = `room-${((n * 7919) % rooms).toString(36)}`
        const owner = `account-${n % 5000}`
        const second = (n * 31) % rooms
        return store.append(
          `room-${roomId}`,
          [
            roomEvent(updateRequested(roomId, `operation-${n}`, { roomName: 'x' }), second),
            roomEvent(created(roomId, owner, infoOf(n)), second),
            roomEvent(ownerChanged(roomId, owner, `account-${(n + 1) % 5000}`), second + 60),
            // One room in a hundred is still there.
            ...(n % 100 === 0 ? [] : [roomEvent(destroyed(roomId), second + 120)]),
          ],
          'noStream',
        )
      }),
    )
  let since = performance.now()
  const building = await openDirectory({ file, store })
  await building.start()
  await building.catchUp(600_000)
  console.log(`${rooms} rooms, 4 events each: built in ${seconds(since)} s, ${Math.round(statSync(file).size / 1e6)} MB`)
  await building.stop()
  since = performance.now()
  const directory = await openDirectory({ file, store })
  console.log(`opened again in ${seconds(since)} s`)

  const measure = (name: string, ask: () => unknown): void => {
    const first = performance.now()
    ask()
    const cold = performance.now() - first
    const times = Array.from({ length: 20 }, () => {
      const begin = performance.now()
      ask()
      return performance.now() - begin
    }).toSorted((a, b) => a - b)
    console.log(`${name.padEnd(52)} median ${times[10]!.toFixed(2)} ms, worst ${times[19]!.toFixed(2)} ms, first ${cold.toFixed(2)} ms`)
  }
  const list = (name: string, query: RoomFilter & Partial<PageRequest>): void =>
    measure(name, () => directory.listRooms({ limit: 50, ...query }))
  list('youngest', {})
  list('youngest, 500', { limit: 500 })
  list('by creation', { sort: 'createdAt' })
  list('by id', { sort: 'roomId' })
  let cursor: string | undefined
  for (let page = 0; page < 100; page += 1) {
    const found = directory.listRooms({ limit: 500, ...(cursor !== undefined && { cursor }) })
    cursor = (found.ok && found.nextCursor) || undefined
  }
  list('page 101 of 500', { limit: 50, ...(cursor !== undefined && { cursor }) })
  list('active', { status: 'active' })
  list('active, by creation', { status: 'active', sort: '-createdAt' })
  list('of an owner', { owner: 'account-77' })
  list('of an owner, by id', { owner: 'account-77', sort: 'roomId' })
  list('category', { category: 7 })
  list('updated since, by creation', {
    updatedSince: new Date(Date.UTC(2026, 2, 26, 17) + (rooms - 1000) * 1000).toISOString(),
    sort: 'createdAt',
  })
  list('q that many have', { q: 'song' })
  list('q that one has', { q: 'NUMBER 54321' })
  list('q that none has', { q: 'nowhere' })
  list('q that none has, by creation', { q: 'nowhere', sort: 'createdAt' })
  list('q that none has, by id', { q: 'nowhere', sort: 'roomId' })
  list('q that no active one has', { q: 'nowhere', status: 'active' })
  list('a category that none has, destroyed', { category: 77, status: 'destroyed' })
  measure('ownerships of an account', () => directory.ownerships('account-77', { limit: 50 }))
  measure('operation by id', () => directory.findOperation('operation-777'))
  measure('operations of a requester', () => directory.listOperations({ limit: 50, requestedBy: 'dashboard' }))
  measure('open operations', () => directory.openOperations({ limit: 500 }))

  await directory.start()
  await directory.catchUp(10_000)
  const lags: number[] = []
  for (let n = 0; n < 200; n += 1) {
    const roomId = `live-${n}`
    const appended = await store.append(`room-${roomId}`, [roomEvent(created(roomId, 'anna', infoOf(n)), n)], 'noStream')
    const begin = performance.now()
    if (appended.ok) await directory.waitFor(appended.position, 10_000)
    lags.push(performance.now() - begin)
  }
  const sorted = lags.toSorted((a, b) => a - b)
  console.log(`an acknowledged event shows after: median ${sorted[100]!.toFixed(2)} ms, worst of 200 ${sorted[199]!.toFixed(2)} ms`)
  await directory.stop()
  await store.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
