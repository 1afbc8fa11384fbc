import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { EventStore } from '#event-store'
import { openEsdbEventStore } from '#event-store-esdb'
import { openSqliteEventStore } from '#event-store-sqlite'
import { startDouble } from '../double/index.js'
import { fillLedger, logOf, runMigration } from '../support/migration.js'
import { buildProgram } from '../support/program.js'
import { engineUnderTest, realServer } from '../support/test-store.js'

/** `MIGRATE_EVENTS=100000 TEST_EVENTSTORE_URL=esdb://… npx vitest run test/chaos/migrate.test.ts` is the run in full size. */
const events = Number(process.env['MIGRATE_EVENTS'] ?? 3_000)
const minutes = 60_000
const timeout = 2 * minutes + (events / 100) * 1_000

let build: string
let folder: string
beforeAll(async () => void (build = await buildProgram()), 2 * minutes)
afterAll(() => rm(build, { recursive: true, force: true }))
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'room-ledger-migrate-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

interface Target {
  readonly name: string
  readonly url: string
  readonly kind: string
  open(): Promise<EventStore>
  /** Looks into it while the migration has it open. */
  has(stream: string, revision: number): Promise<boolean>
  close(): Promise<void>
}

const sqliteTarget = (): Target => {
  const file = join(folder, 'target', 'copy.db')
  let look: DatabaseSync | undefined
  return {
    name: 'SQLite',
    url: `sqlite:${file}`,
    kind: 'room',
    open: () => openSqliteEventStore(file),
    has: async (stream, revision) => {
      // Looked into while it is being made, it could not be made.
      if (!statSync(`${file}-wal`, { throwIfNoEntry: false })?.size) return false
      look ??= new DatabaseSync(file, { readOnly: true })
      return look.prepare('SELECT 1 FROM events WHERE stream = ? AND revision = ?').get(stream, revision) !== undefined
    },
    close: async () => look?.close(),
  }
}

const esdbTarget = async (name: string, url: string, kind: string, close: () => Promise<void>): Promise<Target> => {
  const store = await openEsdbEventStore({ connectionString: url })
  await store.append(`unrelated${randomUUID()}`, [{ id: randomUUID(), type: 'Noted', data: {}, metadata: {} }], 'noStream')
  return {
    name,
    url,
    kind,
    open: async () => store,
    has: async (stream, from) => {
      for await (const _ of store.readStream(stream, { from, limit: 1 })) return true
      return false
    },
    close,
  }
}

const openTarget = async (): Promise<Target> => {
  if (engineUnderTest === 'sqlite') return sqliteTarget()
  // Others have rooms there.
  if (realServer) return esdbTarget('EventStoreDB', realServer, `migrated${randomUUID().replaceAll('-', '')}`, async () => undefined)
  const double = await startDouble()
  return esdbTarget('a protocol double of EventStoreDB', double.url, 'room', () => double.close())
}

it(
  'given a ledger on its way to another store, when the migration is killed twice, then the third run ends verified with the same log',
  async () => {
    const target = await openTarget()
    const file = await fillLedger(folder, events, target.kind)
    const source = await openSqliteEventStore(file)
    const log = await logOf(source, target.kind)
    await source.close()
    expect(log).toHaveLength(events)

    const began = performance.now()
    for (const part of [0.2, 0.5]) {
      const { stream, revision } = log[Math.floor(events * part)]!
      const run = runMigration(build, `sqlite:${file}`, target.url)
      // A small one must not be done before we look, on a machine that is busy.
      if (events < 10_000) run.letOthersGoFirst()
      while (!run.hasEnded() && !(await target.has(stream, revision))) await delay(10)
      run.kill()
      expect(await run.ended).toEqual({
        code: null,
        stdout: '',
        stderr: expect.stringMatching(/^(?:(?:Counting|Comparing the target|Copying): \d+ .*events, \d+\/s\n)+$/),
      })
    }
    const { code, stdout, stderr } = await runMigration(build, `sqlite:${file}`, target.url).ended
    const seconds = (performance.now() - began) / 1_000

    const [found, copied] = [/(\d+) were there before/, /(\d+) events copied/].map((number) => Number(number.exec(stdout)?.[1]))
    expect({ code, stderr, found: found! + copied! }).toMatchObject({ code: 0, found: events })
    expect(found).toBeGreaterThan(events * 0.5)
    expect(copied).toBeGreaterThan(0)
    expect(stdout).toMatch(new RegExp(`${events} events  sha256 ([0-9a-f]{64})\\n.*${events} events  sha256 \\1\\nVerified`))
    const store = await target.open()
    expect(await logOf(store, target.kind)).toEqual(log)
    await store.close()
    await target.close()
    console.log(`migrate: ${events} events to ${target.name} in three runs, killed twice: ${seconds.toFixed(1)} s\n${stderr}${stdout}`)
  },
  timeout,
)

it('given what a user may get wrong, then one message names the option and the exit code is not 0', async () => {
  const refused = async (from: string, to: string, env?: Record<string, string>) => {
    const { code, stdout, stderr } = await runMigration(build, from, to, env).ended
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(stderr).not.toContain('hidden')
    return stderr
  }
  expect(await refused(`sqlite:${folder}/none.db`, `sqlite:${folder}/b.db`)).toMatch(/--from .*no such file/)
  expect(await refused('postgres://u:hidden@host', `sqlite:${folder}/b.db`)).toMatch(/^--from must be sqlite:PATH/)
  expect(await refused(`sqlite:${folder}/none.db`, '')).toMatch(/--to/)
  expect(await refused(`sqlite:${folder}/none.db`, '', { EVENT_STORE_URL: `sqlite:${folder}/none.db` })).toMatch(/same store/)
})
