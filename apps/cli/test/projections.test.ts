import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { EventStore, JsonObject } from '#event-store'
import { openEventStoreDb } from '#event-store-esdb'
import { openSqliteEventStore } from '#event-store-sqlite'
import { checkDefinition, projectionDefinitions } from '#projections'
import { startDouble, type Double } from '../../../test/double/index.js'
import { buildProgram, runProgram } from '../../../test/support/program.js'

let build: string
let folder: string
beforeAll(async () => void (build = await buildProgram()), 120_000)
afterAll(() => rmSync(build, { recursive: true, force: true }))
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'room-ledger-projections-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs `room-ledger projections ...`; whatever it says, it is no stack trace. */
const run = async (env: Readonly<Record<string, string>>, ...args: string[]) => {
  const program = runProgram(build, ['projections', ...args], env, folder)
  const { code } = await program.ended
  expect(program.output()).not.toMatch(/^\s+at /m)
  return { code, stdout: program.stdout(), stderr: program.stderr() }
}

const anEvent = (type: string, data: JsonObject) => ({
  id: randomUUID(),
  type,
  data,
  metadata: { occurredAt: '2026-01-01T00:00:00.000Z', recordedAt: '2026-01-01T00:00:00.000Z', source: 'callback' },
})
/** Facts of one room, of which the last one may be a thing that no projection can take. */
const write = async (store: EventStore, { poisoned = false } = {}) => {
  const facts = [anEvent('RoomCreated', { owner: 'anna' }), anEvent('OwnerChanged', { to: 'ben' })]
  const written = await store.append('room-one', [...facts, ...(poisoned ? [anEvent('RoomUpdated', { admins: 5 })] : [])], 'noStream')
  expect(written.ok).toBe(true)
}
const names = ['room-history', 'owner-trail']

describe('without any store', () => {
  it('given list, then the names', async () => {
    expect(await run({}, 'list')).toEqual({ code: 0, stdout: 'room-history\nowner-trail\n', stderr: '' })
  })

  it('given no file yet, then it says so and makes none', async () => {
    const { code, stderr } = await run({}, 'status')
    expect([code, stderr]).toEqual([1, expect.stringContaining('there is no file data/room-ledger.db')])
    expect(existsSync(join(folder, 'data'))).toBe(false)
  })

  it('given an empty file, then it is no store and stays empty', async () => {
    writeFileSync(join(folder, 'empty.db'), '')
    const { code, stderr } = await run({ EVENT_STORE_URL: 'sqlite:empty.db' }, 'status')
    expect([code, stderr]).toEqual([1, expect.stringContaining('the file empty.db is empty')])
    expect(statSync(join(folder, 'empty.db')).size).toBe(0)
  })

  it('given an unknown name, then the names are listed', async () => {
    const { code, stderr } = await run({}, 'rebuild', 'nobody')
    expect([code, stderr]).toEqual([1, 'There is no projection "nobody". There are: room-history, owner-trail\n'])
  })

  it.each(['postgres://admin:hidden@host/db', 'esdb://admin:hidden@127.0.0.1:1?tls=maybe', 'esdb://admin:hidden@127.0.0.1:1?tls=false'])(
    'given the address %s, then the variable is named, and no password',
    async (url) => {
      const { code, stdout, stderr } = await run({ EVENT_STORE_URL: url }, 'status')
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(/EVENT_STORE_URL/)
      expect(stderr).not.toMatch(/hidden/)
    },
    30_000,
  )
})

describe('on SQLite', () => {
  const env = () => ({ EVENT_STORE_URL: `sqlite:${join(folder, 'ledger.db')}`, DATA_DIR: folder })
  const open = () => openSqliteEventStore(join(folder, 'ledger.db'))
  const ledger = async (how?: { poisoned: boolean }) => {
    const store = await open()
    await write(store, how)
    await store.close()
  }

  it('given events, when asked, then a table in which all run and nothing is left to read', async () => {
    await ledger()
    const { code, stdout, stderr } = await run(env(), 'status')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^name +status +version +epoch +position +head +lag +reason\n/)
    for (const name of names) expect(stdout).toMatch(new RegExp(`^${name} +Running +1 +1 +(\\d+) +\\1 +0$`, 'm'))
  })

  it('given the settings in .env, then they count, and JSON can be asked for', async () => {
    await ledger()
    writeFileSync(join(folder, '.env'), 'EVENT_STORE_URL=sqlite:ledger.db\nDATA_DIR=.\n')
    const { code, stdout } = await run({}, 'status', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject(names.map((name) => ({ name, status: 'Running', lag: 0, epoch: 1, stateReason: null })))
  })

  it('given a rebuild, then it says what it does and when it is done, and the epoch is the next', async () => {
    await ledger()
    const { code, stdout } = await run(env(), 'rebuild', 'owner-trail')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Rebuilding owner-trail here.*\nDone: owner-trail has caught up/)])
    expect(JSON.parse((await run(env(), 'status', '--json')).stdout)).toMatchObject([{ epoch: 1 }, { epoch: 2 }])
  })

  it('given an event that a projection cannot take, then exit code 1 and its error; a rebuild says it too', async () => {
    await ledger({ poisoned: true })
    const { code, stdout } = await run(env(), 'status')
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^room-history +Faulted .+TypeError/m)])
    const rebuilt = await run(env(), 'rebuild', 'room-history')
    expect([rebuilt.code, rebuilt.stderr]).toEqual([1, expect.stringMatching(/room-history was not rebuilt: .*TypeError/)])
  })

  it('given that the output is a database of something else, then the setting is named and the file left alone', async () => {
    await ledger()
    new DatabaseSync(join(folder, 'projections.db')).exec('CREATE TABLE t (x)')
    const { code, stderr } = await run(env(), 'status')
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^DATA_DIR: .*projections\.db is a database of something else/)])
  })

  it('given a service that has the file open, then it is said plainly, with the way to ask it', async () => {
    const service = await open()
    for (const args of [['status'], ['rebuild', 'owner-trail']]) {
      const { code, stdout, stderr } = await run(env(), ...args)
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(/ledger\.db is in use by another process[^]*GET \/v1\/projections/)
    }
    await service.close()
  })
})

describe('on EventStoreDB', () => {
  let double: Double
  const env = () => ({ EVENT_STORE_URL: double.url })
  beforeEach(async () => void (double = await startDouble()))
  afterEach(() => double.close())
  /** As a service leaves it behind. */
  const ledger = async (how?: { poisoned: boolean }) => {
    const { store, projections } = await openEventStoreDb({ connectionString: double.url })
    await projections(projectionDefinitions, { check: checkDefinition }).start()
    await write(store, how)
    await store.close()
  }
  const json = async () => JSON.parse((await run(env(), 'status', '--json')).stdout)

  it('given that no service was ever there, then they are not deployed, also not by asking', async () => {
    for (let time = 0; time < 2; time += 1) {
      const { code, stdout } = await run(env(), 'status')
      expect([code, stdout]).toEqual([1, expect.stringMatching(/^owner-trail +Stopped .*it is not deployed$/m)])
    }
    const rebuilt = await run(env(), 'rebuild', 'owner-trail')
    expect([rebuilt.code, rebuilt.stderr]).toEqual([1, expect.stringMatching(/is not there\. Start the service/)])
  })

  it('given events, then all run; given a rebuild, then the epoch is the next', async () => {
    await ledger()
    await expect.poll(json, { timeout: 20_000 }).toMatchObject(names.map((name) => ({ name, status: 'Running', lag: 0, position: '1' })))
    expect((await run(env(), 'status')).code).toBe(0)
    const { code, stdout } = await run(env(), 'rebuild', 'owner-trail')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Rebuilding owner-trail at the server.*\nDone: /)])
    expect(await json()).toMatchObject([{ epoch: 1 }, { epoch: 2 }])
  }, 40_000)

  it('given an event that a projection cannot take, then exit code 1 and its error', async () => {
    await ledger({ poisoned: true })
    await expect.poll(async () => (await json())[0].status, { timeout: 20_000 }).toBe('Faulted')
    const { code, stdout } = await run(env(), 'status')
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^room-history +Faulted .+TypeError.*$/m)])
  }, 40_000)

  it('given a server that does not let the projections be managed, then it is said', async () => {
    double.faults.always({ on: 'projections', kind: 'denied' })
    const { code, stderr } = await run(env(), 'status')
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^EVENT_STORE_URL: .*\$admins/)])
  })
})
