import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import request from 'supertest'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startService } from '../../apps/service/src/start.js'
import { createRawClient } from '../support/chaos/fuzz/raw-http.js'
import { createRelay, type Relay } from '../support/chaos/relay.js'
import { commandKinds, stepsIn, vendorApi } from '../support/steps.js'
import { engineUnderTest } from '../support/test-store.js'
import { adminAccount, createWorld, sdkAppId, secretKey, token, type World } from '../support/world.js'

describe('exactly once', () => {
  let world: World
  let line: Relay
  let steps: ReturnType<typeof stepsIn>
  const room = (name: string): string => `${world.startedAt}-${name}`
  const otherSecret = 'another-secret'
  const giveAsOther = (url: string, roomId: string, key: string) =>
    request(url)
      .put(`/v1/rooms/${encodeURIComponent(roomId)}/owner`)
      .set('Authorization', `Bearer ${otherSecret}`)
      .set('Idempotency-Key', key)
      .send({ newOwner: 'carla' })
  const writes = (): number => line.exchanges.filter(({ path }) => !path.includes('/get_')).length
  const stored = async (roomId: string, type: string) => (await world.store.events(`room-${roomId}`)).filter((event) => event.type === type)

  beforeAll(async () => {
    line = await createRelay(() => world.sandbox.url)
    world = await createWorld({
      LIVE_BASE_URL: line.url,
      CONFIRMATION_TIMEOUT_MS: '300',
      LIVE_TIMEOUT_MS: '300',
      LIVE_CALLBACK_KEEP: 'Live.CallbackAfterMemberStateChanged',
    })
    steps = stepsIn(world)
    const file = join(world.folder, 'keys.json')
    const sha256 = createHash('sha256').update(otherSecret).digest('hex')
    const scopes = ['rooms:command']
    await writeFile(file, JSON.stringify([...JSON.parse(await readFile(file, 'utf8')), { id: 'other', sha256, scopes }]))
    await world.restart()
  })
  afterEach(() => steps.faults())
  afterAll(async () => {
    await world.close()
    await line.close()
  })

  it.each([
    ['confirmed', {}],
    ['refused', { failWith: 100002 }],
    ['left without an answer', { acceptThenTimeout: 1 }],
    ['never done', { timeout: 1 }],
  ] as const)(
    'given keyed commands that were %s, when they come again after a restart, then nothing is done again',
    async (name, faults) => {
      const rooms = commandKinds.map((kind) => ({ kind, roomId: room(`${name.length}-${kind}`) }))
      for (const { kind, roomId } of rooms) await steps.prepare(kind, roomId)
      await steps.faults({ ...faults, commands: Object.values(vendorApi) })
      const send = async () => {
        const answers = await Promise.all(rooms.map(({ kind, roomId }) => steps.command(kind, roomId).set('Idempotency-Key', roomId)))
        return answers.map(({ body }) => body.operationId as string)
      }
      const first = await send()
      expect(new Set(first).size).toBe(4)
      for (const operationId of first) await steps.ended(operationId)
      await steps.faults()
      const before = writes()
      await world.restart()
      expect(await send()).toEqual(first)
      expect(writes()).toBe(before)
      for (const { roomId } of rooms) {
        const requests = (await world.store.events(`room-${roomId}`)).filter(({ type }) => type.endsWith('Requested'))
        expect(new Set(requests.map(({ data }) => data['operationId'])).size).toBe(requests.length)
      }
    },
  )

  it('given a key, when it comes with another body, reason, room or command after a restart, then 422 and nothing is done', async () => {
    const [one, other] = [room('body'), room('body-2')]
    for (const roomId of [one, other]) await steps.prepare('update-room', roomId)
    const key = { 'Idempotency-Key': room('key') }
    await steps
      .update(one, { roomName: 'x', category: [1] })
      .set(key)
      .set('Prefer', 'wait=10')
      .expect(200)
    await world.restart()
    const before = writes()
    await steps
      .update(one, { roomName: 'y', category: [1] })
      .set(key)
      .expect(422)
    await steps
      .update(one, { roomName: 'x', category: [1], reason: 'why' })
      .set(key)
      .expect(422)
    await steps
      .update(other, { roomName: 'x', category: [1] })
      .set(key)
      .expect(422)
    await steps.destroy(one).set(key).expect(422)
    expect(writes()).toBe(before)
    // The order in which fields are written is no difference.
    await steps
      .update(one, { category: [1], roomName: 'x' })
      .set(key)
      .expect(200)
    expect(writes()).toBe(before)
  })

  it('given a key of one credential, when another credential uses it, then it is another operation', async () => {
    const roomId = room('two')
    await steps.prepare('change-owner', roomId)
    const mine = await steps.giveTo(roomId, 'ben').set('Idempotency-Key', roomId)
    const theirs = await giveAsOther(world.url, roomId, roomId)
    expect(theirs.status).toBeLessThan(300)
    expect(theirs.body.operationId).not.toBe(mine.body.operationId)
  })

  it('given a request that is malformed, when its key comes with a good one, then the key is still to be had', async () => {
    const roomId = room('bad')
    await steps
      .create(roomId, { category: [1, 2, 3, 4] })
      .set('Idempotency-Key', roomId)
      .expect(400)
    await steps.create(roomId, { unknown: 1 }).set('Idempotency-Key', roomId).expect(400)
    await steps.create(roomId).set('Idempotency-Key', roomId).set('Prefer', 'wait=10').expect(200)
  })

  it.runIf(engineUnderTest === 'eventstoredb')(
    'given a key, when it comes to another instance later, then it is the same operation',
    async () => {
      const roomId = room('instance')
      await steps.prepare('change-owner', roomId)
      const made = await giveAsOther(world.url, roomId, roomId)
      expect(made.status).toBeLessThan(300)
      const before = writes()
      const second = await startService({
        PORT: '0',
        DATA_DIR: join(world.folder, 'second'),
        ...world.store.env,
        LIVE_BASE_URL: line.url,
        LIVE_SDK_APP_ID: String(sdkAppId),
        LIVE_ADMIN_ACCOUNT: adminAccount,
        LIVE_SECRET_KEY: secretKey,
        LIVE_CALLBACK_TOKEN: token,
        API_KEYS_FILE: join(world.folder, 'keys.json'),
        LOG_LEVEL: 'fatal',
        RECONCILE_RATE: '0',
      })
      try {
        const again = await giveAsOther(second.url, roomId, roomId)
        expect(again.body.operationId).toBe(made.body.operationId)
        expect(writes()).toBe(before)
      } finally {
        await second.stop()
      }
    },
  )

  const bodyOf = (RoomId: string, event: string, EventTime: number, more: object = {}) => ({
    CallbackCommand: `Live.CallbackAfter${event}`,
    Operator_Account: 'anna',
    ...(event === 'UpdateRoomInfo' ? { RoomInfo: { RoomId, RoomName: 'Told' } } : { RoomId }),
    EventTime,
    ...more,
  })

  it('given callbacks of every kind, when they come again after a restart, after the end of the life and in the next one, then they add nothing', async () => {
    const roomId = room('late')
    const at = Date.now() - 60_000
    const told = [
      { ...bodyOf(roomId, 'CreateRoom', at), RoomInfo: { RoomId: roomId, RoomName: 'First', Owner_Account: 'anna' } },
      bodyOf(roomId, 'UpdateRoomInfo', at + 1),
      bodyOf(roomId, 'ChangeOwner', at + 2, { CurrentOwner_Account: 'ben', OriginalOwner_Account: 'anna' }),
      bodyOf(roomId, 'SetMetadata', at + 3, { Metadata: [{ Key: 'a', Value: 'b' }] }),
      bodyOf(roomId, 'DelMetadata', at + 4, { Keys: ['a'] }),
      bodyOf(roomId, 'ModifyAdmin', at + 5, { Admin_Account: ['carl'], opType: 'add' }),
    ]
    const last = bodyOf(roomId, 'DestroyRoom', at + 6, { EventType: 'DestroyByUser' })
    const next = { ...bodyOf(roomId, 'CreateRoom', at + 7), RoomInfo: { RoomId: roomId, RoomName: 'Second', Owner_Account: 'dora' } }
    const send = async (...bodies: object[]) => {
      for (const body of bodies) await world.callback(body).expect(200)
    }
    const facts = async () =>
      (await world.store.events(`room-${roomId}`)).filter(({ metadata }) => metadata['source'] === 'callback').length

    await send(...told, ...told)
    expect(await facts()).toBe(told.length)
    await world.restart()
    await send(...told)
    expect(await facts()).toBe(told.length)
    await send(last, ...told, last)
    expect(await facts()).toBe(told.length + 1)
    await send(next, ...told, last, next)
    await world.restart()
    await send(...told.toReversed(), last, next)
    expect(await facts()).toBe(told.length + 2)
    const { life, owner, info } = await steps.room(roomId)
    expect({ life, owner, name: info.roomName }).toEqual({ life: 2, owner: 'dora', name: 'Second' })
  })

  it('given callbacks without a time of their own, when they come again later, then they add nothing', async () => {
    const roomId = room('timeless')
    const { EventTime: _, ...body } = bodyOf(roomId, 'UpdateRoomInfo', 0)
    await world.callback(body).expect(200)
    await world.callback(bodyOf(roomId, 'ModifyAdmin', Date.now(), { Admin_Account: ['carl'], opType: 'add' })).expect(200)
    await world.restart()
    await world.callback(body).expect(200)
    expect(await stored(roomId, 'RoomUpdated')).toHaveLength(1)
  })

  const others = engineUnderTest === 'sqlite' ? 10_000 : 400
  it(`given ${others} others in between, in its room and elsewhere, when a callback comes again, then it adds nothing`, async () => {
    const roomId = room('others')
    const at = Date.now() - 600_000
    const first = bodyOf(roomId, 'ChangeOwner', at, { CurrentOwner_Account: 'ben', OriginalOwner_Account: 'anna' })
    const timeless = bodyOf(roomId, 'SetMetadata', 0, { EventTime: null, Metadata: [{ Key: 'a', Value: 'b' }] })
    await world.callback(first).expect(200)
    await world.callback(timeless).expect(200)
    const { hostname, port } = new URL(world.url)
    let sent = 0
    await Promise.all(
      Array.from({ length: 24 }, async () => {
        const client = createRawClient(hostname, Number(port))
        for (let n = (sent += 1); n <= others; n = sent += 1) {
          const body = bodyOf(n % 20 ? room(`elsewhere-${n % 200}`) : roomId, 'UpdateRoomInfo', at + n)
          const { pathname, search } = new URL(world.callback(body).url)
          const answer = await client.send({
            method: 'POST',
            path: pathname + search,
            headers: [],
            body: Buffer.from(JSON.stringify(body)),
          })
          if (typeof answer === 'string' || answer.status !== 200) throw new Error(JSON.stringify(answer))
        }
        client.close()
      }),
    )
    await world.callback(first).expect(200)
    await world.callback(timeless).expect(200)
    await world.restart()
    await world.callback(first).expect(200)
    await world.callback(timeless).expect(200)
    expect(await stored(roomId, 'OwnerChanged')).toHaveLength(1)
    expect(await stored(roomId, 'RoomMetadataSet')).toHaveLength(1)
    expect(await stored(roomId, 'RoomUpdated')).toHaveLength(others / 20)
  }, 120_000)

  it.each([
    ['callbackQuarantine', 'Live.CallbackAfterSomethingNew'],
    ['callbackKept', 'Live.CallbackAfterMemberStateChanged'],
  ])(
    'given a callback for %s, when it comes again after others and a restart, then it is there once',
    async (category, CallbackCommand) => {
      const about = (n: number) => ({ CallbackCommand, RoomId: room('aside'), n, MemberList: [] })
      const all = async () =>
        (await world.store.events(`${category}-${CallbackCommand}`)).filter(({ metadata }) =>
          (metadata['callback'] as { body: string }).body.includes(room('aside')),
        ).length
      for (let n = 0; n < 20; n += 1) await world.callback(about(n)).expect(200)
      await Promise.all(Array.from({ length: 5 }, () => world.callback(about(3)).expect(200)))
      await world.restart()
      for (let n = 0; n < 20; n += 1) await world.callback(about(n)).expect(200)
      expect(await all()).toBe(20)
    },
  )
})
