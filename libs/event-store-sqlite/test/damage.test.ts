import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { appendOk, collect, event, eventsUpTo } from '../../event-store/test/store-fixture.js'
import { openFile } from '../src/open-file.js'
import { openSqliteEventStore, type SqliteEventStoreOptions } from '../src/index.js'
import { keepStore } from '../src/sqlite-event-store.js'
import { directoryForTest } from './temporary-directory.js'

const streams = ['room-1', 'room-2'] as const

const filledStore = async (options: Partial<SqliteEventStoreOptions> = {}) => {
  const path = join(directoryForTest(), 'store.db')
  const store = await openSqliteEventStore({ path, ...options })
  for (const stream of streams) await appendOk(store, stream, eventsUpTo(20))
  await store.close()
  return path
}
const alter = (path: string, sql: string) => {
  using db = new DatabaseSync(path)
  // What damage does knows no rules.
  db.exec(`PRAGMA ignore_check_constraints = ON; ${sql}`)
}
const contents = (path: string) =>
  ['', '-wal', '-head'].map((suffix) => (existsSync(path + suffix) ? readFileSync(path + suffix).toString('base64') : ''))

const wounds: readonly { name: string; hurt: (path: string) => void; says: RegExp }[] = [
  {
    name: 'an altered event',
    hurt: (path) => alter(path, `UPDATE events SET data = replace(data, '7', '8') WHERE position = 8`),
    says: /the event at position 8 is not as it was written/,
  },
  { name: 'an event that is gone', hurt: (path) => alter(path, 'DELETE FROM events WHERE position = 8'), says: /position 8 is missing/ },
  {
    name: 'a missing end',
    hurt: (path) => alter(path, 'DELETE FROM events WHERE position > 30'),
    says: /it ends at position 30, but events up to 40 were acknowledged/,
  },
  { name: 'a file of nothing', hurt: (path) => truncateSync(path), says: /nothing in it, but .*store\.db-head tells of 40 events/ },
  { name: 'a file that is gone', hurt: (path) => rmSync(path), says: /nothing in it, but .*store\.db-head tells of 40 events/ },
  { name: 'a file cut in its middle', hurt: (path) => truncateSync(path, 8192), says: /is damaged/ },
  {
    name: 'a head that makes no sense',
    hurt: (path) => writeFileSync(`${path}-head`, '41 7\n'),
    says: /does not say how far .*store\.db has/,
  },
]

describe('a damaged file', () => {
  it.each(wounds)('$name: refused with the remedy, and left as it is', async ({ hurt, says }) => {
    const path = await filledStore()
    hurt(path)
    const before = contents(path)
    for (const _ of [1, 2])
      await expect(openSqliteEventStore(path)).rejects.toMatchObject({
        name: 'StoreFileRefused',
        reason: 'damaged',
        message: expect.stringMatching(new RegExp(`${path}.*${says.source}.*backup`)),
      })
    expect(contents(path)).toEqual(before)
  })

  it('an end that only the write-ahead log had, and has no more: refused, and the log is left as it is', async () => {
    const path = join(directoryForTest(), 'store.db')
    const store = await openSqliteEventStore(path)
    onTestFinished(() => store.close())
    await appendOk(store, 'room-1', eventsUpTo(20))
    const copy = `${path}-copy.db`
    for (const suffix of ['', '-wal', '-head']) copyFileSync(path + suffix, copy + suffix)
    const log = readFileSync(`${copy}-wal`)
    log[log.length - 100]! ^= 4
    writeFileSync(`${copy}-wal`, log)
    await expect(openSqliteEventStore(copy)).rejects.toMatchObject({
      reason: 'damaged',
      message: expect.stringMatching(/but events up to 20 were acknowledged/),
    })
    expect(readFileSync(`${copy}-wal`).equals(log)).toBe(true)
  })

  it('the head of another ledger beside it: refused', async () => {
    const [path, other] = [await filledStore(), await filledStore()]
    copyFileSync(`${other}-head`, `${path}-head`)
    await expect(openSqliteEventStore(path)).rejects.toMatchObject({
      message: expect.stringMatching(/position 40 is not the one that was acknowledged/),
    })
  })

  it('a copy without its head is opened, and gets one', async () => {
    const path = await filledStore()
    rmSync(`${path}-head`)
    await (await openSqliteEventStore(path)).close()
    alter(path, 'DELETE FROM events WHERE position > 30')
    await expect(openSqliteEventStore(path)).rejects.toMatchObject({ reason: 'damaged' })
  })
})

describe('a large file', () => {
  it('is looked through in a thread, and refused as a small one', async () => {
    const patience = { atOnce: 0, waitMs: 30_000 }
    const path = await filledStore({ patience })
    await (await openSqliteEventStore({ path, patience })).close()
    alter(path, 'UPDATE events SET metadata = data WHERE position = 8')
    await expect(openSqliteEventStore({ path, patience })).rejects.toMatchObject({
      reason: 'damaged',
      message: expect.stringMatching(/position 8 is not as/),
    })
  })

  it('whose search takes long is opened meanwhile; what is found ends the store and is told', async () => {
    const path = await filledStore()
    alter(path, `UPDATE events SET type = 'Other' WHERE position = 8`)
    const told: string[] = []
    const store = await openSqliteEventStore({ path, patience: { atOnce: 0, waitMs: 0 }, log: (message) => told.push(message) })
    onTestFinished(() => store.close())
    await expect.poll(() => told, { timeout: 10_000 }).toEqual([expect.stringMatching(/position 8 is not as it was written.*docs\/how-to/)])
    const away = { name: 'StoreUnavailable', message: expect.stringMatching(/damaged/) }
    await expect(store.head()).rejects.toMatchObject(away)
    await expect(store.append('room-1', [event()], 'any')).rejects.toMatchObject(away)
  })
})

describe('damage that comes while the store is at work', () => {
  it.each([
    ['an event read in its stream', (path: string) => alter(path, `UPDATE events SET id = 'x' WHERE position = 8`), 'stream'],
    ['an event read in the log', (path: string) => alter(path, `UPDATE events SET stream = 'room-9' WHERE position = 8`), 'log'],
    ['an event that is gone', (path: string) => alter(path, 'DELETE FROM events WHERE position = 8'), 'stream'],
    ['an event that is gone from the log', (path: string) => alter(path, 'DELETE FROM events WHERE position = 8'), 'log'],
  ])('%s: no answer rather than a wrong one', async (_, hurt, where) => {
    const path = await filledStore()
    const told: string[] = []
    const store = keepStore(await openFile(path), (message) => told.push(message))
    onTestFinished(() => store.close())
    hurt(path)
    const reading = collect(where === 'log' ? store.readAll() : store.readStream('room-1'))
    await expect(reading).rejects.toMatchObject({ message: expect.stringMatching(/position (8|9)/) })
    await expect(reading).rejects.toHaveProperty('name', 'StoreUnavailable')
    expect(told).toHaveLength(1)
  })
})

describe('a file of format 1', () => {
  const asFormat1 = (path: string) => {
    alter(path, 'ALTER TABLE events DROP COLUMN checksum; PRAGMA user_version = 1')
    rmSync(`${path}-head`)
  }

  it('is brought up to date, with every event as it was, and protected from then on', async () => {
    const path = await filledStore()
    const before = await openSqliteEventStore(path)
    const events = await collect(before.readAll())
    await before.close()
    asFormat1(path)
    const store = await openSqliteEventStore(path)
    expect(await collect(store.readAll())).toEqual(events)
    await appendOk(store, 'room-1', [event(99)])
    await store.close()
    alter(path, `UPDATE events SET type = 'Other' WHERE position = 8`)
    await expect(openSqliteEventStore(path)).rejects.toMatchObject({
      reason: 'damaged',
      message: expect.stringMatching(/position 8 is not as it was written/),
    })
  })

  it.each([
    ['a hole', 'DELETE FROM events WHERE position = 8'],
    ['JSON that is none', `UPDATE events SET data = '{' WHERE position = 8`],
  ])('with %s is refused, not blessed', async (_, sql) => {
    const path = await filledStore()
    asFormat1(path)
    alter(path, sql)
    await expect(openSqliteEventStore(path)).rejects.toMatchObject({ reason: 'damaged', message: expect.stringMatching(/position 8/) })
  })
})
