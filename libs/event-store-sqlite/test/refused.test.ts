import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { event } from '../../event-store/test/store-fixture.js'
import { openSqliteEventStore } from '../src/index.js'
import { applicationId, formatVersion } from '../src/schema.js'
import { directoryForTest } from './temporary-directory.js'

const makeDatabase = (path: string, sql: string) => {
  using db = new DatabaseSync(path)
  db.exec(sql)
}

/** Leaves a file as a crash would: its last changes only in the write-ahead log. */
const crashWith = (path: string, sql: string) => {
  using db = new DatabaseSync(`${path}.live`)
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (n); ${sql}`)
  copyFileSync(`${path}.live`, path)
  copyFileSync(`${path}.live-wal`, `${path}-wal`)
}

describe('a file that cannot be the store', () => {
  it.each<{ name: string; make: (path: string) => void; reason: string; says: RegExp }>([
    { name: 'text', make: (path) => writeFileSync(path, 'dear diary'), reason: 'notADatabase', says: /not a SQLite database/ },
    {
      name: 'noise of many pages',
      make: (path) => writeFileSync(path, Buffer.alloc(50_000, 0xa5)),
      reason: 'notADatabase',
      says: /not a SQLite/,
    },
    {
      name: 'the database of something else',
      make: (path) => makeDatabase(path, 'CREATE TABLE t (n)'),
      reason: 'notOurs',
      says: /not one of Room Ledger/,
    },
    {
      name: 'the database of something else that crashed',
      make: (path) => crashWith(path, 'PRAGMA application_id = 7'),
      reason: 'notOurs',
      says: /not one of Room Ledger/,
    },
    {
      name: 'a newer format',
      make: (path) =>
        makeDatabase(path, `CREATE TABLE t (n); PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${formatVersion + 1}`),
      reason: 'newerFormat',
      says: /newer release \(format 3; this one reads up to 2\)/,
    },
    {
      name: 'a newer format that only its write-ahead log tells of',
      make: (path) => crashWith(path, `PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${formatVersion + 1}`),
      reason: 'newerFormat',
      says: /newer release/,
    },
    {
      name: 'our mark without our table',
      make: (path) =>
        makeDatabase(
          path,
          `CREATE TABLE t (n); PRAGMA application_id = ${applicationId}; PRAGMA user_version = 1; PRAGMA journal_mode = WAL`,
        ),
      reason: 'damaged',
      says: /its table of events is missing/,
    },
  ])('$name: refused, and left byte for byte as it was', async ({ make, reason, says }) => {
    const path = join(directoryForTest(), 'store.db')
    make(path)
    const contents = () => [path, `${path}-wal`].map((file) => (existsSync(file) ? readFileSync(file).toString('base64') : ''))
    const before = contents()
    await expect(openSqliteEventStore(path)).rejects.toThrow(
      expect.objectContaining({ name: 'StoreFileRefused', reason, message: expect.stringMatching(says) }),
    )
    expect(contents()).toEqual(before)
    // And it does not stay locked.
    await expect(openSqliteEventStore(path)).rejects.toMatchObject({ reason })
  })

  it('a directory', async () => {
    const path = join(directoryForTest(), 'store.db')
    mkdirSync(path)
    await expect(openSqliteEventStore(path)).rejects.toMatchObject({ name: 'StoreFileRefused', reason: 'notADatabase' })
  })

  it('a path through a file', async () => {
    const directory = directoryForTest()
    writeFileSync(join(directory, 'file'), '')
    await expect(openSqliteEventStore(join(directory, 'file', 'store.db'))).rejects.toMatchObject({
      name: 'StoreFileRefused',
      reason: 'inaccessible',
    })
  })

  it('leaves nothing beside a file that it refuses', async () => {
    const directory = directoryForTest()
    makeDatabase(join(directory, 'store.db'), 'CREATE TABLE t (n)')
    await expect(openSqliteEventStore(join(directory, 'store.db'))).rejects.toMatchObject({ reason: 'notOurs' })
    expect(readdirSync(directory)).toEqual(['store.db'])
  })
})

describe('a file that can', () => {
  it('may be empty, or half made by a process that died over it', async () => {
    const path = join(directoryForTest(), 'store.db')
    writeFileSync(path, '')
    writeFileSync(`${path}-new`, 'half made')
    const store = await openSqliteEventStore(path)
    expect(await store.append('room-1', [event()], 'noStream')).toMatchObject({ ok: true, revision: 0 })
    await store.close()
  })

  it('is kept by one at a time, under whatever name', async () => {
    const directory = directoryForTest()
    const path = join(directory, 'store.db')
    const store = await openSqliteEventStore(path)
    symlinkSync(path, join(directory, 'other-name.db'))
    const inUse = { name: 'StoreFileRefused', reason: 'inUse', message: expect.stringContaining('in use by another process') }
    await expect(openSqliteEventStore(path)).rejects.toMatchObject(inUse)
    await expect(openSqliteEventStore(join(directory, 'other-name.db'))).rejects.toMatchObject(inUse)
    expect(await store.append('room-1', [event()], 'noStream')).toMatchObject({ ok: true })
    await store.close()
    const next = await openSqliteEventStore(join(directory, 'other-name.db'))
    expect(await next.head()).toBe(1n)
    await next.close()
  })
})
