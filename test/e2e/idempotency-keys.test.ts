import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import request from 'supertest'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startService } from '../../apps/service/src/start.js'
import { createRelay, type Relay } from '../support/chaos/relay.js'
import { settingsFor } from '../support/program.js'
import { commandKinds, stepsIn, vendorApi } from '../support/steps.js'
import { engineUnderTest } from '../support/test-store.js'
import { adminAccount, createWorld, sdkAppId, secretKey, token, type World } from '../support/world.js'

describe('an Idempotency-Key', () => {
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

  beforeAll(async () => {
    line = await createRelay(() => world.sandbox.url)
    world = await createWorld({
      LIVE_BASE_URL: line.url,
      CONFIRMATION_TIMEOUT_MS: '300',
      LIVE_TIMEOUT_MS: '300',
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

  // A file belongs to one process: only a server is there for several.
  if (engineUnderTest === 'eventstoredb')
    it('given a key, when it comes to another instance later, then it is the same operation', async () => {
      const roomId = room('instance')
      await steps.prepare('change-owner', roomId)
      const made = await giveAsOther(world.url, roomId, roomId)
      expect(made.status).toBeLessThan(300)
      const before = writes()
      const second = await startService({
        ...settingsFor(world.folder, { sdkAppId, adminAccount, secretKey, token }, line.url),
        DATA_DIR: join(world.folder, 'second'),
        ...world.store.env,
        LOG_LEVEL: 'fatal',
      })
      try {
        const again = await giveAsOther(second.url, roomId, roomId)
        expect(again.body.operationId).toBe(made.body.operationId)
        expect(writes()).toBe(before)
      } finally {
        await second.stop()
      }
    })
})
