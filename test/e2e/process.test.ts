import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../../apps/sandbox/src/index.js'
import { signCallback } from '#live-engine/wire'
import { startForeign } from '../support/how-to.js'
import { needing } from '../support/needing.js'
import { buildProgram, callWith, inShell, serve, settingsFor, urlOf, writeKey, type Caller, type Program } from '../support/program.js'
import { engineUnderTest, openTestStore, type TestStore } from '../support/test-store.js'
import { adminAccount, eventually, sdkAppId, secretKey, token } from '../support/world.js'

describe('the program', () => {
  let build: string
  let folder: string
  let programs: Program[] = []
  beforeAll(async () => void (build = await buildProgram()), 120_000)
  afterAll(() => rm(build, { recursive: true, force: true }))
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'room-ledger-process-'))))
  afterEach(async () => {
    for (const program of programs) program.kill('SIGKILL')
    await Promise.all(programs.map(({ ended }) => ended))
    programs = []
    await rm(folder, { recursive: true, force: true })
  })

  const start = (env: Readonly<Record<string, string>>): Program => {
    const program = serve(build, folder, env)
    programs.push(program)
    return program
  }
  const answers = (url: string): Promise<boolean> =>
    fetch(url).then(
      () => true,
      () => false,
    )

  describe('without settings', () => {
    it('given nothing, when it starts, then it prints three lines that work, and SIGTERM ends it and its sandbox', async () => {
      const program = start({ PORT: '0' })
      await program.shows(/\/stream\n/)
      const lines = program
        .stdout()
        .split('\n')
        .filter((line) => line.trim().startsWith('curl -s '))
      expect(lines).toHaveLength(3)
      const [room, changed, owners] = [
        JSON.parse(await inShell(lines[0]!)),
        JSON.parse(await inShell(lines[1]!)),
        JSON.parse(await inShell(lines[2]!)),
      ]
      expect(room).toMatchObject({ status: 'active', owner: 'ben' })
      expect(changed).toMatchObject({ kind: 'change-owner', status: 'confirmed', reason: 'trying it out' })
      expect(owners).toMatchObject({ continuous: true, gaps: [] })
      expect(owners.items.map(({ to }: { to: string }) => to)).toEqual(['anna', 'ben', 'dora'])

      const sandbox = /Sandbox\s+(http\S+)/.exec(program.stdout())![1]!
      expect(await answers(`${sandbox}/_sandbox/rooms`)).toBe(true)
      const asked = performance.now()
      program.kill('SIGTERM')
      expect(await program.ended).toMatchObject({ code: 0, signal: null })
      expect(performance.now() - asked).toBeLessThan(10_000)
      await eventually(
        () => answers(`${sandbox}/_sandbox/rooms`),
        (there) => !there,
      )
      expect(program.stderr()).toBe('')
    })

    needing(['curl'], 'the line that shows the live feed', () => {
      it('given the line to watch with, then it shows what happens in the demo, readable and as it comes', async () => {
        const program = start({ PORT: '0' })
        const [line] = await program.shows(/curl -N .*/)
        const curl = startForeign('sh', ['-c', line])
        try {
          const shown = () => [...curl.output().matchAll(/^event: room-ledger\.(\w+)$/gm)].map(([, type]) => type)
          await eventually(shown, (types) => types.includes('RoomCreated') && types.includes('OwnerChanged'))
          const before = shown().length
          const owner = program
            .stdout()
            .split('\n')
            .find((printed) => printed.includes('-X PUT'))!
          await inShell(owner)
          await eventually(
            () => shown().slice(before),
            (types) => types.includes('OwnerChangeRequested') && types.includes('OwnerChanged'),
          )
        } finally {
          await curl.kill()
        }
      })
    })

    it('given it was killed, when it starts again, then rooms and key are the same', async () => {
      const first = start({ PORT: '0' })
      await first.shows(/\/owners\n/)
      const key = /API key\s+(\S+)/.exec(first.stdout())![1]!
      first.kill('SIGKILL')
      await first.ended
      const second = start({ PORT: '0' })
      await second.shows(/\/owners\n/)
      expect(second.stdout()).toContain(key)
      const line = second
        .stdout()
        .split('\n')
        .find((line) => line.includes('-X PUT'))!
      expect(JSON.parse(await inShell(line))).toMatchObject({ status: 'confirmed' })
    })
  })

  describe('with settings that cannot be used', () => {
    const secrets = ['hidden-key-1', 'hidden-token-2', 'hidden/path-3', 'hidden-password-4']
    const bad = {
      PORT: '99999',
      CONFIRMATION_TIMEOUT_MS: 'never',
      REQUIRE_REASON: 'perhaps',
      LIVE_CALLBACK_ALLOWED_IPS: 'not-a-range',
      EVENT_STORE_URL: `postgres://user:${secrets[3]}@example.org/db`,
      LIVE_CALLBACK_TOKEN: secrets[1]!,
      LIVE_CALLBACK_PATH_SECRET: secrets[2]!,
      LIVE_SECRET_KEY: secrets[0]!,
      LIVE_RATE_LIMIT: '-1',
    }
    const wrong = Object.keys(bad).filter((name) => name !== 'LIVE_CALLBACK_TOKEN' && name !== 'LIVE_SECRET_KEY')

    it.each([
      [
        'a vendor',
        { ...bad, LIVE_BASE_URL: 'ftp://vendor' },
        [...wrong, 'LIVE_BASE_URL', 'LIVE_SDK_APP_ID', 'LIVE_ADMIN_ACCOUNT', 'API_KEYS_FILE'],
      ],
      ['no vendor', { ...bad, LIVE_SDK_APP_ID: 'mine' }, [...wrong, 'LIVE_SDK_APP_ID']],
      ['no vendor but a port in words', { PORT: 'abc' }, ['PORT']],
    ])('given %s, then one message names each variable, no secret is in it, and the exit code is 78', async (_, env, names) => {
      const program = start(env)
      expect(await program.ended).toMatchObject({ code: 78 })
      expect(program.stdout()).toBe('')
      const named = program
        .stderr()
        .split('\n')
        .flatMap((line) => /^ {2}([A-Z_]+) /.exec(line)?.[1] ?? [])
      expect(named.toSorted()).toEqual(names.toSorted())
      for (const secret of secrets) expect(program.output()).not.toContain(secret)
      expect(program.stderr()).not.toMatch(/^\s+at /m)
    })
  })

  describe('with a vendor', () => {
    let sandbox: Sandbox
    let store: TestStore
    let secret: string
    let env: Record<string, string>
    beforeEach(async () => {
      sandbox = createSandbox({ sdkAppId, secretKey, adminAccounts: [adminAccount], createIntervalMs: 0 })
      await sandbox.listen(0)
      store = await openTestStore(folder)
      secret = (await writeKey(folder)).secret
      env = {
        ...settingsFor(folder, { sdkAppId, adminAccount, secretKey, token }, sandbox.url),
        ...store.env,
      }
    })
    afterEach(async () => {
      await sandbox.close()
      await store.close()
    })

    const startWith = async (more: Readonly<Record<string, string>> = {}) => {
      const program = start({ ...env, ...more })
      const url = await urlOf(program)
      sandbox.setCallback(`${url}/callbacks/live`, token)
      return { program, url }
    }
    const call: Caller = (...args) => callWith(secret)(...args)
    const faults = (body: object) => fetch(`${sandbox.url}/_sandbox/faults`, { method: 'PUT', body: JSON.stringify(body) })
    const create = async (url: string, roomId: string) => {
      const made = await call(`${url}/v1/rooms`, 'POST', { roomId, seatTemplate: 'Karaoke', owner: 'anna' }, { Prefer: 'wait=10' })
      expect(made.status).toBe(200)
    }
    const operationsOf = async (url: string, roomId: string) => (await call(`${url}/v1/rooms/${roomId}/operations`, 'GET')).body.items

    it('given answers held back and a vendor that hangs, when SIGTERM comes, then each is answered, and it ends with 0 in time', async () => {
      const { program, url } = await startWith()
      for (const roomId of ['held', 'hanging']) await create(url, roomId)
      await faults({ drop: 1 })
      const held = call(`${url}/v1/rooms/held/owner`, 'PUT', { newOwner: 'ben' }, { Prefer: 'wait=30' })
      await eventually(
        () => operationsOf(url, 'held'),
        ([{ status }]) => status === 'accepted',
      )
      await faults({ timeout: 1 })
      const hanging = call(`${url}/v1/rooms/hanging`, 'DELETE')
      await eventually(
        () => operationsOf(url, 'hanging'),
        ([{ kind }]) => kind === 'destroy-room',
      )
      const asked = performance.now()
      program.kill('SIGTERM')
      expect(await held).toMatchObject({ status: 202, body: { status: 'accepted' } })
      expect(await hanging).toMatchObject({ status: 202, body: { status: 'unresolved' } })
      expect(await program.ended).toMatchObject({ code: 0, signal: null })
      expect(performance.now() - asked).toBeLessThan(10_000)
      expect(program.output()).not.toContain(secretKey)
      expect(program.output()).not.toContain(token)
    })

    it('given operations and callbacks under way, when it is killed, then after the start each operation ends and each fact stands once', async () => {
      const first = await startWith({ LIVE_TIMEOUT_MS: '60000' })
      for (const roomId of ['done', 'undone', 'busy']) await create(first.url, roomId)
      await sandbox.idle()
      const acknowledged: number[] = []
      const rename = async (url: string, EventTime: number): Promise<boolean> => {
        const CallbackCommand = 'Live.CallbackAfterUpdateRoomInfo'
        const RequestTime = String(Math.floor(Date.now() / 1000))
        const query = new URLSearchParams({
          SdkAppid: String(sdkAppId),
          CallbackCommand,
          RequestTime,
          Sign: signCallback(token, RequestTime),
        })
        const body = JSON.stringify({
          CallbackCommand,
          Operator_Account: 'anna',
          RoomInfo: { RoomId: 'busy', RoomName: `${EventTime}` },
          EventTime,
        })
        return fetch(`${url}/callbacks/live?${query}`, { method: 'POST', body }).then(
          ({ status }) => status === 200,
          () => false,
        )
      }
      const begin = Date.now()
      const killed = new AbortController()
      const streams = [0, 1, 2, 3].map(async (lane) => {
        for (let i = lane; !killed.signal.aborted; i += 4) if (await rename(first.url, begin + i)) acknowledged.push(begin + i)
      })

      await faults({ acceptThenTimeout: 1, drop: 1 })
      const done = call(`${first.url}/v1/rooms/done/owner`, 'PUT', { newOwner: 'ben' }).catch(() => undefined)
      await eventually(
        () => Promise.resolve(sandbox.deliveries()),
        (deliveries) => deliveries.some(({ roomId, status }) => roomId === 'done' && status === 'dropped'),
      )
      await faults({ timeout: 1, drop: 1 })
      const undone = call(`${first.url}/v1/rooms/undone`, 'DELETE').catch(() => undefined)
      await eventually(
        () => operationsOf(first.url, 'undone'),
        ([{ kind, status }]) => kind === 'destroy-room' && status === 'requested',
      )
      expect((await operationsOf(first.url, 'done'))[0].status).toBe('requested')
      await eventually(
        () => Promise.resolve(acknowledged.length),
        (count) => count > 20,
      )
      first.program.kill('SIGKILL')
      await first.program.ended
      killed.abort()
      await Promise.all([...streams, done, undone])

      await faults({})
      const second = await startWith({ LIVE_TIMEOUT_MS: '500' })
      const endOf = async (roomId: string) =>
        eventually(
          async () => (await operationsOf(second.url, roomId))[0],
          ({ status }) => status === 'confirmed' || status === 'rejected',
        )
      expect(await endOf('done')).toMatchObject({ status: 'confirmed', confirmation: { source: 'reconciliation' } })
      expect(await endOf('undone')).toMatchObject({ status: 'rejected', confirmation: null })
      const room = async (roomId: string) => (await call(`${second.url}/v1/rooms/${roomId}`, 'GET')).body
      expect(await room('done')).toMatchObject({ owner: 'ben', status: 'active', pendingOperations: [] })
      expect(await room('undone')).toMatchObject({ owner: 'anna', status: 'active', pendingOperations: [] })
      // Nothing was sent a second time: what the vendor did, it did once.
      expect(
        sandbox
          .deliveries()
          .filter(({ roomId }) => roomId !== 'busy')
          .map(({ command }) => command),
      ).toEqual(['Live.CallbackAfterCreateRoom', 'Live.CallbackAfterCreateRoom', 'Live.CallbackAfterChangeOwner'])

      for (const time of acknowledged) expect(await rename(second.url, time)).toBe(true)
      const times: number[] = []
      for (let cursor = ''; ;) {
        const { body } = await call(`${second.url}/v1/rooms/busy/history?types=RoomUpdated&limit=500${cursor}`, 'GET')
        times.push(...body.items.map(({ occurredAt }: { occurredAt: string }) => Date.parse(occurredAt)))
        if (body.nextCursor === null) break
        cursor = `&cursor=${body.nextCursor}`
      }
      expect(new Set(times).size).toBe(times.length)
      expect(acknowledged.filter((time) => !times.includes(time))).toEqual([])
      expect((await room('busy')).info.roomName).toBe(String(Math.max(...times)))
    })

    const stays = async (url: string, refused: Program) => {
      expect(await refused.ended).toMatchObject({ code: 1 })
      expect(refused.stderr()).not.toMatch(/^\s+at /m)
      expect((await call(`${url}/v1/rooms/mine`, 'GET')).body).toMatchObject({ owner: 'anna' })
    }

    it('given it runs, when another one starts on its port, then that one says so and ends, and the first goes on', async () => {
      const { url } = await startWith()
      await create(url, 'mine')
      const ownFile = engineUnderTest === 'sqlite' && { EVENT_STORE_URL: `sqlite:${join(folder, 'second.db')}` }
      const second = start({ ...env, ...ownFile, DATA_DIR: join(folder, 'second'), PORT: new URL(url).port })
      await stays(url, second)
      expect(second.stderr()).toContain(new URL(url).port)
    })

    // A file belongs to one process. EventStoreDB is there for several: test/chaos/instances.test.ts.
    if (engineUnderTest === 'sqlite')
      it('given it runs, when a second one starts on the same file, then that one says so and ends, and the first goes on', async () => {
        const { url } = await startWith()
        await create(url, 'mine')
        const second = start({ ...env, DATA_DIR: join(folder, 'other') })
        await stays(url, second)
        expect(second.stderr()).toMatch(/room-ledger\.db is in use by another process/)
      })
  })
})
