import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { EventStore } from '#event-store'
import { openEsdbEventStore } from '#event-store-esdb'
import { openSqliteEventStore } from '#event-store-sqlite'
import { startDouble, type Double } from '../../../test/double/index.js'
import { beginning, createFeed } from '#feed'
import { migrateLog } from '../src/migrate/migrate-log.js'
import { anEvent, contentOf, silent, write } from './migrate-fixture.js'

let folder: string
let double: Double
let source: EventStore
let server: EventStore
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'room-ledger-migrate-'))
  double = await startDouble()
  source = await openSqliteEventStore(join(folder, 'source.db'))
  server = await openEsdbEventStore({ connectionString: double.url })
  await write(
    source,
    Array.from({ length: 120 }, (_, n) => (n % 9 === 8 ? 'auditAccess' : `room-${(n * 7) % 5}`)),
  )
})
afterEach(async () => {
  await source.close()
  await server.close()
  await double.close()
  rmSync(folder, { recursive: true, force: true })
})

it('given a log that EventStoreDB took over, when it is brought back into a new file, then it is the same again', async () => {
  const odd = { text: 'lone \ud800, \u0000, "quotes", 名', big: 9_007_199_254_740_991, small: 1e-7, deep: [{ b: [], a: {} }], '': null }
  await source.append('room-%2F -"é', [anEvent(0, { data: odd }), anEvent(1, { metadata: {} })], 'noStream')
  expect(await migrateLog(source, server, silent)).toMatchObject({ copied: 122, difference: undefined })

  const back = await openSqliteEventStore(join(folder, 'back.db'))
  expect(await migrateLog(server, back, silent)).toMatchObject({ copied: 122, difference: undefined })
  expect(await contentOf(back)).toEqual(await contentOf(source))
  await back.close()
})

it('given a line that breaks before and after the server has committed, then nothing is lost, doubled or out of order', async () => {
  const on = 'append'
  double.faults.random({
    seed: 4,
    share: 0.3,
    faults: [
      { on, kind: 'drop-before' },
      { on, kind: 'drop-after' },
      { on, kind: 'late-answer', ms: 5 },
      { on, kind: 'unavailable' },
      { on, kind: 'timeout-after' },
      { on: 'read', kind: 'break', after: 10 },
    ],
  })
  expect(await migrateLog(source, server, silent)).toMatchObject({ copied: 120, difference: undefined })
  double.faults.clear()
  expect(new Set(double.faults.met.map(({ kind }) => kind)).size).toBeGreaterThan(3)
  expect(await contentOf(server)).toEqual(await contentOf(source))
})

it('given cursors out of a log, when EventStoreDB has taken it over, then each leads to the same place, and the feed gives the same ones', async () => {
  await migrateLog(source, server, silent)
  const cursorsOf = async (store: EventStore) => {
    const feed = createFeed({ store })
    const cursors: string[] = []
    for (let place = beginning, count = -1; count !== 0;) {
      const page = await feed.page({ from: place, filter: {}, limit: 1, waitMs: 0, signal: new AbortController().signal })
      place = page.place
      count = page.events.length
      if (count > 0) cursors.push(place.cursor)
    }
    feed.stop()
    return cursors
  }
  const cursors = await cursorsOf(source)
  expect(cursors).toHaveLength(107)
  expect(await cursorsOf(server)).toEqual(cursors)
  const inLog = await Array.fromAsync(server.readAll({ prefixes: ['room-'] }))
  const feed = createFeed({ store: server })
  for (const [index, cursor] of cursors.entries())
    expect(await feed.locate(cursor)).toEqual({ ok: true, place: { position: inLog[index]!.position, cursor } })
})
