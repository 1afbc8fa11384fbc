import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openEventStoreDb } from '#event-store-esdb'
import { openSqliteEventStore } from '#event-store-sqlite'
import { loadSettings } from '#platform'
import { checkDefinition, projectionDefinitions } from '#projections'
import { createSandbox, type Sandbox } from '../../../test/support/sandbox.js'
import { startDouble, type Double } from '../../../test/double/index.js'
import { checkClock, judge } from '../src/doctor/check-clock.js'
import { checkApiKeys, checkAuditKey, checkDataDir } from '../src/doctor/check-files.js'
import { checkStore } from '../src/doctor/check-store.js'
import { checkVendor } from '../src/doctor/check-vendor.js'
import { lineOf } from '../src/doctor/finding.js'

const secretKey = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'room-ledger-doctor-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const settings = (more: Record<string, string> = {}) =>
  loadSettings({
    PORT: '0',
    DATA_DIR: folder,
    EVENT_STORE_URL: `sqlite:${join(folder, 'ledger.db')}`,
    LIVE_BASE_URL: 'http://127.0.0.1:9',
    LIVE_SDK_APP_ID: '1400000000',
    LIVE_ADMIN_ACCOUNT: 'administrator',
    LIVE_SECRET_KEY: secretKey,
    LIVE_CALLBACK_TOKEN: 'a-token',
    LIVE_TIMEOUT_MS: '2000',
    API_KEYS_FILE: join(folder, 'keys.json'),
    AUDIT_SIGNING_KEY_FILE: join(folder, 'audit-key.pem'),
    ...more,
  })

describe('the vendor, to the doctor', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = createSandbox({ sdkAppId: 1400000000, secretKey, adminAccounts: ['administrator'], hangMs: 500 })
    await sandbox.listen(0)
  })
  afterAll(() => sandbox.close())
  const faults = (given: object) => fetch(`${sandbox.url}/_sandbox/faults`, { method: 'PUT', body: JSON.stringify(given) })
  const look = async (more: Record<string, string> = {}) => {
    const finding = await checkVendor(settings({ LIVE_BASE_URL: sandbox.url, ...more }))
    expect(finding.says).not.toContain(secretKey)
    return finding
  }

  it('given settings that fit, then all is well, and nothing has changed there', async () => {
    expect(await look()).toMatchObject({ verdict: 'ok', what: 'vendor' })
    const rooms = (await (await fetch(`${sandbox.url}/_sandbox/rooms`)).json()) as { items: unknown[] }
    expect(rooms.items).toEqual([])
  })

  it.each([
    [{ LIVE_SECRET_KEY: 'f'.repeat(64) }, '70009', 'LIVE_SECRET_KEY'],
    [{ LIVE_SDK_APP_ID: '1400000001' }, '60006', 'LIVE_SDK_APP_ID'],
    [{ LIVE_ADMIN_ACCOUNT: 'somebody' }, '60010', 'LIVE_ADMIN_ACCOUNT'],
  ])('given %j, then the code is told and what to mend', async (wrong, code, variable) => {
    const { verdict, says } = await look(wrong as unknown as Record<string, string>)
    expect([verdict, says]).toEqual(['mend', expect.stringMatching(new RegExp(`^${code} .*${variable}`))])
  })

  it.each([
    [60026, 'LIVE_BASE_URL'],
    [60021, 'source addresses'],
    [60020, 'payment'],
    [70001, 'clock of this machine'],
    [70050, 'wait a minute'],
    [60009, 'LIVE_BASE_URL'],
    [60007, 'LIVE_RATE_LIMIT'],
    [100001, 'try again later'],
  ])('given the code %i, then %s is to be seen to', async (code, remedy) => {
    await faults({ failWith: code, commands: ['get_room_info'] })
    onTestFinished(() => void faults({}))
    expect(await look()).toMatchObject({ verdict: 'mend', says: expect.stringMatching(new RegExp(`^${code}.*${remedy}`)) })
  })

  it('given a gateway that breaks, nobody at the address, or a silence, then the address is named, and what there is', async () => {
    await faults({ http502: 1 })
    expect(await look()).toMatchObject({ verdict: 'mend', says: expect.stringMatching(/^LIVE_BASE_URL.*HTTP 502/) })
    await faults({})
    expect(await look({ LIVE_BASE_URL: 'http://127.0.0.1:9' })).toMatchObject({
      verdict: 'mend',
      says: expect.stringMatching(/no connection/),
    })
    await faults({ timeout: 1 })
    expect(await look({ LIVE_TIMEOUT_MS: '200' })).toMatchObject({ verdict: 'mend', says: expect.stringMatching(/within 200 ms/) })
    await faults({})
  })
})

describe('the clock, to the doctor', () => {
  const dated = async (date: string) => {
    const server = createServer((_, response) => response.setHeader('Date', date).end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  it.each([
    [-3600, 'mend', /3[56]\d\d s ahead of/],
    [3600, 'mend', /3[56]\d\d s behind/],
    [0, 'ok', /agrees/],
  ])('given a vendor whose clock is off by %i s, then %s', async (off, verdict, says) => {
    const url = await dated(new Date(Date.now() + off * 1000).toUTCString())
    expect(await checkClock(settings({ LIVE_BASE_URL: url }))).toMatchObject({ verdict, says: expect.stringMatching(says) })
  })

  it('given nobody there, or no date, then it cannot be compared', async () => {
    expect((await checkClock(settings())).verdict).toBe('skip')
    expect((await checkClock(settings({ LIVE_BASE_URL: await dated('soon') }))).verdict).toBe('skip')
  })

  it('given a slow answer, then the time it took is no difference', () => {
    expect(judge(10_000, 10_500, 90_000).verdict).toBe('ok')
    expect(judge(60_000, 10_500, 90_000).verdict).toBe('ok')
    expect(judge(10_000, 17_000, 17_100)).toMatchObject({ verdict: 'mend' })
  })
})

describe('files, to the doctor', () => {
  it('given no files yet, then those that the start makes are no trouble, and none is made by looking', () => {
    expect(checkDataDir(settings({ DATA_DIR: join(folder, 'not', 'yet') })).verdict).toBe('ok')
    expect(checkAuditKey(settings()).verdict).toBe('ok')
    expect(checkApiKeys(settings(), true).verdict).toBe('ok')
    expect(checkApiKeys(settings(), false)).toMatchObject({ verdict: 'mend', says: expect.stringMatching(/API_KEYS_FILE.*ENOENT/) })
  })

  it('given a file where a folder should be, then the setting is named', () => {
    writeFileSync(join(folder, 'file'), '')
    const finding = checkDataDir(settings({ DATA_DIR: join(folder, 'file', 'data') }))
    expect(finding).toMatchObject({ verdict: 'mend', says: expect.stringMatching(/DATA_DIR.*is no folder/) })
  })

  it('given keys of the audit, then only an Ed25519 key that its owner alone can read is well', () => {
    const file = join(folder, 'audit-key.pem')
    const write = (key: ReturnType<typeof generateKeyPairSync>['privateKey'] | string, mode: number) => {
      writeFileSync(file, typeof key === 'string' ? key : (key.export({ type: 'pkcs8', format: 'pem' }) as string))
      chmodSync(file, mode)
      return checkAuditKey(settings())
    }
    const { privateKey } = generateKeyPairSync('ed25519')
    expect(write(privateKey, 0o600).verdict).toBe('ok')
    expect(write(privateKey, 0o640)).toMatchObject({ verdict: 'mend', says: expect.stringMatching(/mode 640.*chmod 600/) })
    expect(write(generateKeyPairSync('x25519').privateKey, 0o600)).toMatchObject({
      verdict: 'mend',
      says: expect.stringMatching(/another kind/),
    })
    const broken = write('-----BEGIN PRIVATE KEY-----\nhidden\n', 0o600)
    expect([broken.verdict, broken.says.includes('hidden')]).toEqual(['mend', false])
    rmSync(file)
    const shared = checkAuditKey(settings({ EVENT_STORE_URL: 'esdb://127.0.0.1:2113?tls=false' }))
    expect(shared).toMatchObject({ verdict: 'mend', says: expect.stringMatching(/openssl genpkey/) })
  })

  it('given what others said, then it stays on its line', () => {
    expect(lineOf({ verdict: 'mend', what: 'vendor', says: 'one\n\x1b[2Jtwo' })).toBe('mend  vendor        one [2Jtwo\n')
  })
})

describe('a SQLite store, to the doctor', () => {
  const path = () => join(folder, 'ledger.db')

  it('given none yet, then that is no trouble; given one, then it opens, and is let go again', async () => {
    expect(await checkStore(settings())).toMatchObject([{ verdict: 'ok', says: expect.stringMatching(/when it first starts/) }])
    await (await openSqliteEventStore(path())).close()
    for (let time = 0; time < 2; time += 1)
      expect(await checkStore(settings())).toMatchObject([{ verdict: 'ok', says: expect.stringMatching(/opens.*empty/) }])
  })

  it('given another process that has it, then it matters whether that is the service', async () => {
    const store = await openSqliteEventStore(path())
    onTestFinished(() => store.close())
    const service = createServer((_, response) => void response.end('{}')).listen(0, '127.0.0.1')
    await once(service, 'listening')
    const running = settings({ PORT: String((service.address() as AddressInfo).port) })
    expect(await checkStore(running)).toMatchObject([{ verdict: 'ok', says: expect.stringMatching(/in use by the service/) }])
    await new Promise((closed) => service.close(closed))
    expect(await checkStore(running)).toMatchObject([
      { verdict: 'mend', says: expect.stringMatching(/another process.*stop that process/) },
    ])
  })

  it('given a file of something else, damage, or an impossible place, then it is told and left alone', async () => {
    writeFileSync(path(), 'a letter to my aunt, which is longer than the header of a database'.repeat(10))
    expect(await checkStore(settings())).toMatchObject([
      { verdict: 'mend', says: expect.stringMatching(/not a SQLite database.*another file/) },
    ])
    rmSync(path())
    new DatabaseSync(path()).exec('CREATE TABLE t (x)')
    expect(await checkStore(settings())).toMatchObject([{ verdict: 'mend', says: expect.stringMatching(/not one of Room Ledger/) }])
    writeFileSync(join(folder, 'file'), '')
    const impossible = settings({ EVENT_STORE_URL: `sqlite:${join(folder, 'file', 'ledger.db')}` })
    expect(await checkStore(impossible)).toMatchObject([{ verdict: 'mend', says: expect.stringMatching(/^EVENT_STORE_URL.*no folder/) }])
  })
})

describe('EventStoreDB, to the doctor', () => {
  let double: Double
  beforeEach(async () => void (double = await startDouble()))
  afterEach(() => double.close())
  const look = () => checkStore(settings({ EVENT_STORE_URL: double.url }))
  const deploy = async () => {
    const { store, projections } = await openEventStoreDb({ connectionString: double.url })
    await projections(projectionDefinitions, { check: checkDefinition }).start()
    await store.close()
  }

  it('given a fresh one, then its projections are still to come, and looking deploys none; later they run', async () => {
    for (let time = 0; time < 2; time += 1)
      expect(await look()).toMatchObject([
        { verdict: 'ok', says: expect.stringMatching(/^EventStoreDB opens/) },
        { verdict: 'ok', says: expect.stringMatching(/room-history is deployed when/) },
        { verdict: 'ok', says: expect.stringMatching(/owner-trail is deployed when/) },
      ])
    await deploy()
    await expect.poll(look, { timeout: 20_000 }).toMatchObject([{}, { says: 'room-history runs' }, { says: 'owner-trail runs' }])
  }, 40_000)

  it('given that it denies the projections, or is away, then it is told, and no password', async () => {
    double.faults.always({ on: 'projections', kind: 'denied' })
    expect((await look()).at(-1)).toMatchObject({ verdict: 'mend', says: expect.stringMatching(/\$admins/) })
    const away = await checkStore(settings({ EVENT_STORE_URL: 'esdb://admin:hidden@127.0.0.1:9?tls=false' }))
    expect(away).toMatchObject([{ verdict: 'mend', says: expect.stringMatching(/^EVENT_STORE_URL/) }, { verdict: 'skip' }])
    expect(JSON.stringify(away)).not.toContain('hidden')
  }, 40_000)
})
