import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { StoreUnavailable } from '#event-store'
import { appendOk, collect, event, eventsUpTo } from '../../event-store/test/store-fixture.js'
import { openFile } from '../src/open-file.js'
import { keepStore } from '../src/sqlite-event-store.js'
import { directoryForTest } from './temporary-directory.js'

const openForTest = async () => {
  const path = join(directoryForTest(), 'store.db')
  const file = await openFile(path)
  const store = keepStore(file)
  onTestFinished(() => store.close())
  return { path, store, db: file.db }
}
const large = (n: number) => event(n, { data: { n, filling: 'x'.repeat(100_000) } })

describe('appends of one round of the event loop', () => {
  it('each have their own outcome', async () => {
    const { store, db } = await openForTest()
    db.exec(`CREATE TRIGGER poison BEFORE INSERT ON events WHEN new.type = 'Poison' BEGIN SELECT raise(ABORT, 'poisoned'); END`)
    const same = event(1)
    const outcomes = await Promise.allSettled([
      store.append('room-1', [same], 'noStream'),
      store.append('room-1', [event(2)], 'noStream'),
      store.append('room-1', [event(3)], 0),
      store.append('room-1', [same], 'noStream'),
      store.append('room-2', [event(4)], 'exists'),
      store.append('room-2', [event(5), event(5, { type: 'Poison' })], 'any'),
      store.append('room-2', [event(6)], 'any'),
    ])
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason))).toEqual([
      { ok: true, revision: 0, position: 1n, idempotent: false },
      { ok: false, expected: 'noStream', actual: 0 },
      { ok: true, revision: 1, position: 2n, idempotent: false },
      { ok: true, revision: 0, position: 1n, idempotent: true },
      { ok: false, expected: 'exists', actual: -1 },
      expect.objectContaining({ message: 'poisoned' }),
      { ok: true, revision: 0, position: 3n, idempotent: false },
    ])
    expect((await collect(store.readAll())).map(({ data }) => data['n'])).toEqual([1, 3, 6])
  })

  it('are all written, however many they are, in the order they were asked for', async () => {
    const { store } = await openForTest()
    const results = await Promise.all(Array.from({ length: 7_000 }, (_, n) => store.append(`room-${n % 7}`, [event(n)], 'any')))
    expect(results.every(({ ok }) => ok)).toBe(true)
    expect((await collect(store.readAll())).map(({ data }) => data['n'])).toEqual(Array.from({ length: 7_000 }, (_, n) => n))
  })

  it('write no id into a stream twice, whatever is expected', async () => {
    const { store } = await openForTest()
    const events = eventsUpTo(2)
    await appendOk(store, 'room-1', events, 'noStream')
    expect(await store.append('room-1', events, 1)).toMatchObject({ ok: true, revision: 1, idempotent: true })
    expect(await store.append('room-1', [events[1]!, event()], 1)).toEqual({ ok: false, expected: 1, actual: 1 })
    expect(await store.append('room-1', events.toReversed(), 'any')).toEqual({ ok: false, expected: 'any', actual: 1 })
    expect(await store.head()).toBe(2n)
  })
})

describe('what waits for the disk', () => {
  it('is bounded: one more is refused at once, what was taken is written, and then there is room again', async () => {
    const { store } = await openForTest()
    const asked = Array.from({ length: 10_000 }, (_, n) => store.append(`room-${n % 7}`, [event(n)], 'any'))
    await expect(store.append('room-1', [event()], 'any')).rejects.toThrow(
      new StoreUnavailable('SQLite store: more waits to be written than the disk takes'),
    )
    expect((await Promise.all(asked)).every(({ ok }) => ok)).toBe(true)
    expect(await store.append('room-8', [event()], 'any')).toMatchObject({ ok: true, position: 10_001n })
  })

  it('is bounded in bytes too, but for one that is alone', async () => {
    const { store } = await openForTest()
    const huge = () => event(0, { data: { filling: 'x'.repeat(20_000_000) } })
    const [first, second] = await Promise.allSettled([store.append('room-1', [huge()], 'any'), store.append('room-2', [huge()], 'any')])
    expect(first).toMatchObject({ status: 'fulfilled' })
    expect(second).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) })
    await appendOk(store, 'room-2', [huge()])
  })
})

describe('when the disk is full', () => {
  it('refuses that commit as a whole, keeps reading, and goes on once there is space', async () => {
    const { store, db } = await openForTest()
    await appendOk(store, 'room-1', [large(0)], 'noStream')
    const pages = Number(db.prepare('PRAGMA page_count').get()?.['page_count'])
    db.exec(`PRAGMA max_page_count = ${pages + 5}`)

    const asked = [
      store.append('room-1', [event(1)], 0),
      store.append('room-2', [large(1)], 'noStream'),
      store.append('room-3', [event(2)], 'any'),
    ]
    for (const outcome of await Promise.allSettled(asked)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) })
      expect(outcome).toMatchObject({ reason: { message: 'SQLite store: the disk is full' } })
    }
    expect((await collect(store.readAll())).map(({ data }) => data['n'])).toEqual([0])
    expect(await store.append('room-1', [event(3)], 0)).toMatchObject({ ok: true, revision: 1 })

    db.exec('PRAGMA max_page_count = 1000000')
    expect(await store.append('room-2', [large(1)], 'noStream')).toMatchObject({ ok: true, position: 3n })
  })

  it('does not wake subscribers for what was not written', async () => {
    const { store, db } = await openForTest()
    await appendOk(store, 'room-1', [large(0)])
    db.exec(`PRAGMA max_page_count = ${Number(db.prepare('PRAGMA page_count').get()?.['page_count'])}`)
    const seen: unknown[] = []
    const following = (async () => {
      for await (const item of store.subscribe()) {
        if ('caughtUp' in item) continue
        seen.push(item.data['n'])
        if (seen.length === 2) return
      }
    })()
    await expect(store.append('room-1', [large(1)], 'any')).rejects.toThrow(StoreUnavailable)
    db.exec('PRAGMA max_page_count = 1000000')
    await appendOk(store, 'room-1', [large(2)])
    await following
    expect(seen).toEqual([0, 2])
  })
})

describe('when another program holds the file for writing', () => {
  it('says that the store is away, and goes on afterwards', async () => {
    const { path, store } = await openForTest()
    using other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    await expect(store.append('room-1', [event()], 'any')).rejects.toThrow(
      new StoreUnavailable('SQLite store: the file is locked by another program'),
    )
    other.exec('ROLLBACK')
    expect(await store.append('room-1', [event()], 'any')).toMatchObject({ ok: true, revision: 0 })
  })
})
