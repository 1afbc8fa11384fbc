import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../../apps/sandbox/src/index.js'
import { signCallback } from '#live-engine/wire'
import { callWith, settingsFor, urlOf, writeKey, type Caller, type Program } from '../support/program.js'
import { startedPrograms } from '../support/started-programs.js'
import { engineUnderTest, openTestStore, type TestStore } from '../support/test-store.js'
import { adminAccount, eventually, sdkAppId, secretKey, token } from '../support/world.js'

const { start, folder } = startedPrograms()

describe('the program with a vendor', () => {
  let sandbox: Sandbox
  let store: TestStore
  let secret: string
  let env: Record<string, string>
  beforeEach(async () => {
    sandbox = createSandbox({ sdkAppId, secretKey, adminAccounts: [adminAccount], createIntervalMs: 0 })
    await sandbox.listen(0)
    store = await openTestStore(folder())
    secret = (await writeKey(folder())).secret
    env = {
      ...settingsFor(folder(), { sdkAppId, adminAccount, secretKey, token }, sandbox.url),
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
    const ownFile = engineUnderTest === 'sqlite' && { EVENT_STORE_URL: `sqlite:${join(folder(), 'second.db')}` }
    const second = start({ ...env, ...ownFile, DATA_DIR: join(folder(), 'second'), PORT: new URL(url).port })
    await stays(url, second)
    expect(second.stderr()).toContain(new URL(url).port)
  })

  // A file belongs to one process. EventStoreDB is there for several: test/chaos/instances.test.ts.
  if (engineUnderTest === 'sqlite')
    it('given it runs, when a second one starts on the same file, then that one says so and ends, and the first goes on', async () => {
      const { url } = await startWith()
      await create(url, 'mine')
      const second = start({ ...env, DATA_DIR: join(folder(), 'other') })
      await stays(url, second)
      expect(second.stderr()).toMatch(/room-ledger\.db is in use by another process/)
    })
})
