import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { EventStore } from '#event-store'
import { openEsdbEventStore } from '#event-store-esdb'
import { openSqliteEventStore } from '#event-store-sqlite'
import { createConsumers, createFeed } from '#feed'
import { recorded, write } from '../../../libs/feed/test/given.js'
import { startDouble } from '../../../test/double/index.js'
import { migrateLog } from '../src/migrate/migrate-log.js'
import { silent } from './migrate-fixture.js'

const on = (store: EventStore) => {
  const feed = createFeed({ store })
  const consumers = createConsumers({ store, locate: feed.locate, now: () => '2026-03-26T17:29:16.000Z' })
  return {
    feed,
    consumers,
    /** Reads what waits for a consumer, and acknowledges so many of it. */
    read: async (name: string, acknowledged: number): Promise<string[]> => {
      const { registration, progress } = (await consumers.find(name))!
      const from = await feed.locate(progress.acked)
      if (!from.ok) throw new Error(from.problem)
      const { types } = registration
      const page = await feed.page({ from: from.place, filter: { types }, limit: 100, waitMs: 0, signal: new AbortController().signal })
      await consumers.delivering(name, page.place)
      const events = page.events.map((text) => JSON.parse(text) as { id: string; cursor: string })
      const upTo = await feed.locate(events[acknowledged - 1]?.cursor ?? progress.acked)
      if (upTo.ok) await consumers.acknowledge(name, upTo.place)
      return events.map(({ id }) => id)
    },
  }
}

it('given consumers of a file, when it is migrated to a server, then they are there, each where it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'room-ledger-'))
  const double = await startDouble()
  const file = await openSqliteEventStore(join(folder, 'ledger.db'))
  const server = await openEsdbEventStore({ connectionString: double.url })
  const before = on(file)
  for (const n of [1, 2, 3, 4, 5, 6]) await write(file, `room-${n % 2}`, recorded(n % 3 === 0 ? 'RoomUpdated' : 'OwnerChanged'))
  const wanted = { from: 'start', cursor: 'start', types: undefined, createdBy: 'me' }
  await before.consumers.register({ ...wanted, name: 'removed' })
  await before.consumers.register({ ...wanted, name: 'all' })
  await before.consumers.register({ ...wanted, name: 'some', types: ['RoomUpdated'] })
  await before.consumers.remove('removed', 'me')
  const all = await before.read('all', 4)
  const some = await before.read('some', 1)
  await write(server, 'unrelated', recorded('Noted'))

  expect(await migrateLog(file, server, silent)).toMatchObject({ difference: undefined })
  const after = on(server)
  expect(await after.consumers.list()).toEqual(await before.consumers.list())
  for (const name of ['all', 'some']) expect(await after.consumers.find(name)).toEqual(await before.consumers.find(name))
  expect(await after.read('all', 0)).toEqual(all.slice(4))
  expect(await after.read('some', 0)).toEqual(some.slice(1))
  expect([all.length, some.length]).toEqual([6, 2])

  for (const { feed } of [before, after]) feed.stop()
  await Promise.all([file.close(), server.close()])
  await double.close()
  await rm(folder, { recursive: true })
})
