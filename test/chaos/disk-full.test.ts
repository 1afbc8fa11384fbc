import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../../apps/sandbox/src/index.js'
import { openSqliteEventStore } from '#event-store-sqlite'
import { signCallback } from '#live-engine/wire'
import { callbackOf } from '../bench/load.js'
import { eventually } from '../support/eventually.js'
import { buildProgram, callWith, serve, settingsFor, urlOf, writeKey, type Program } from '../support/program.js'
import { scarcities, type ScarceDisk, type Scarcity } from '../support/scarce-disk.js'
import { adminAccount, sdkAppId, secretKey, token } from '../support/world.js'

const rooms = 5
let build: string
beforeAll(async () => void (build = await buildProgram()), 120_000)
afterAll(() => rm(build, { recursive: true, force: true }))

describe.each(scarcities())('on $name', ({ make }: Scarcity) => {
  let above: string
  let disk: ScarceDisk
  let sandbox: Sandbox
  let program: Program
  let url: string
  let secret: string
  beforeAll(async () => {
    above = await mkdtemp(join(tmpdir(), 'room-ledger-full-'))
    disk = make(above)
    sandbox = createSandbox({ sdkAppId, secretKey, adminAccounts: [adminAccount], createIntervalMs: 0 })
    await sandbox.listen(0)
    secret = (await writeKey(above)).secret
    program = serve(build, above, {
      ...settingsFor(above, { sdkAppId, adminAccount, secretKey, token }, sandbox.url),
      DATA_DIR: disk.folder,
      EVENT_STORE_URL: `sqlite:${join(disk.folder, 'room-ledger.db')}`,
    })
    url = await urlOf(program)
    sandbox.setCallback(`${url}/callbacks/live`, token)
  }, 120_000)
  afterAll(async () => {
    program.kill('SIGKILL')
    await program.ended
    await sandbox.close()
    disk.close()
    await rm(above, { recursive: true, force: true })
  })

  const startedAt = 1_700_000_000_000
  const call = (method: string, path: string, body?: object) => callWith(secret)(`${url}${path}`, method, body)
  const send = async (n: number) => {
    const { body } = callbackOf(rooms, n, startedAt)
    const RequestTime = String(Math.floor(Date.now() / 1000))
    const query = new URLSearchParams({
      SdkAppid: String(sdkAppId),
      CallbackCommand: body.CallbackCommand,
      RequestTime,
      Sign: signCallback(token, RequestTime),
    })
    const answer = await fetch(`${url}/callbacks/live?${query}`, { method: 'POST', body: JSON.stringify(body) })
    return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: await answer.json() }
  }
  const roomId = callbackOf(rooms, 0, startedAt).roomId

  it('callbacks and commands get 503 and when to come again, reads go on, and all is well by itself once there is space', async () => {
    const acknowledged: number[] = []
    const refused: number[] = []
    let n = 0
    const sendNext = async () => {
      const answer = await send(n)
      ;(answer.status === 200 ? acknowledged : refused).push(n)
      n += 1
      return answer
    }
    for (let each = 0; each < 40; each += 1) expect(await sendNext()).toMatchObject({ status: 200 })

    disk.fill(program.pid)
    // What the write-ahead log still has room for is on disk as ever.
    const answer = await eventually(sendNext, ({ status }) => status !== 200)
    expect(answer).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^\d+$/), body: { type: '/problems/store-unavailable' } })
    const command = await call('POST', '/v1/rooms', { roomId: 'wanted', seatTemplate: 'Karaoke', owner: 'anna' })
    expect(command).toMatchObject({ status: 503, body: { type: '/problems/store-unavailable' } })
    expect((await call('GET', `/v1/rooms/${roomId}`)).body).toMatchObject({ roomId, status: 'active' })
    for (const path of [`/v1/rooms`, `/v1/rooms/${roomId}/history`, `/v1/rooms/${roomId}/owners`, '/v1/operations'])
      expect(await call('GET', path)).toMatchObject({ status: 200 })
    expect(await call('GET', '/health/live')).toMatchObject({ status: 200 })

    disk.free(program.pid)
    await eventually(sendNext, ({ status }) => status === 200)
    expect(await call('POST', '/v1/rooms', { roomId: 'wanted', seatTemplate: 'Karaoke', owner: 'anna' })).toMatchObject({ status: 202 })
    // The search index and the projections were on the same disk.
    await eventually(
      () => call('GET', '/v1/rooms?q=wanted'),
      ({ body }) => body.items?.length === 1,
    )
    await eventually(
      () => call('GET', '/v1/projections'),
      ({ body }) => body.items.every(({ caughtUp, status }: { caughtUp: boolean; status: string }) => caughtUp && status === 'Running'),
    )
    const history = await call('GET', `/v1/rooms/${roomId}/history?limit=500`)
    expect(history.body.items).toHaveLength(acknowledged.filter((each) => each % rooms === 0).length)

    program.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 0 })
    const store = await openSqliteEventStore(join(disk.folder, 'room-ledger.db'))
    const times: number[] = []
    for await (const { stream, metadata } of store.readAll({ prefixes: ['room-bench-'] }))
      if (stream !== 'room-wanted') times.push(Date.parse(String(metadata['occurredAt'])) - startedAt)
    await store.close()
    expect(times.toSorted((a, b) => a - b)).toEqual(acknowledged)
    expect(refused.length).toBeGreaterThan(0)
  }, 60_000)
})

it('a disk can be made scarce here', () => expect(scarcities().length).toBeGreaterThan(0))
