import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createRelay, type Relay } from '../support/chaos/relay.js'
import { commandKinds, stepsIn, vendorApi } from '../support/steps.js'
import { createWorld, eventually, type World } from '../support/world.js'

const requestTypes = {
  'create-room': 'RoomCreationRequested',
  'update-room': 'RoomUpdateRequested',
  'change-owner': 'OwnerChangeRequested',
  'destroy-room': 'RoomDestructionRequested',
} as const

const factTypes = {
  'create-room': 'RoomCreated',
  'update-room': 'RoomUpdated',
  'change-owner': 'OwnerChanged',
  'destroy-room': 'RoomDestroyed',
} as const

const apiOf = (path: string): string => /\/(\w+)\?/.exec(path)?.[1] ?? path

describe('what stands in the log while the vendor is called', () => {
  let world: World
  let line: Relay
  let steps: ReturnType<typeof stepsIn>
  let around: (api: string) => Promise<(() => Promise<unknown>) | undefined>
  const types = async (roomId: string): Promise<string[]> => (await world.store.events(`room-${roomId}`)).map(({ type }) => type)
  const callsOf = (api: string, roomId: string): number =>
    line.exchanges.filter(({ path, body }) => apiOf(path) === api && body.includes(`"${roomId}"`)).length

  beforeAll(async () => {
    around = async () => undefined
    line = await createRelay(
      () => world.sandbox.url,
      (path) => around(apiOf(path)),
    )
    world = await createWorld({ LIVE_BASE_URL: line.url, CONFIRMATION_TIMEOUT_MS: '300', LIVE_TIMEOUT_MS: '2000' })
    steps = stepsIn(world)
  })
  afterEach(async () => {
    around = async () => undefined
    await steps.faults()
  })
  afterAll(async () => {
    await world.close()
    await line.close()
  })

  it.each(commandKinds)('given %s, when the call reaches the vendor, then its request is in the store, and no outcome', async (kind) => {
    const roomId = `${world.startedAt}-durable-${kind}`
    await steps.prepare(kind, roomId)
    let found: string[] = []
    around = async (api) => {
      if (api === vendorApi[kind]) found = await types(roomId)
      return undefined
    }
    const answer = await steps.command(kind, roomId).set('Prefer', 'wait=10')
    expect(answer.body).toMatchObject({ kind, status: 'confirmed' })
    expect(found.at(-1)).toBe(requestTypes[kind])
  })

  it.each(commandKinds)(
    'given %s, when its callback comes before the answer, then it is confirmed by the callback, and has the answer too',
    async (kind) => {
      const roomId = `${world.startedAt}-overtaken-${kind}`
      await steps.prepare(kind, roomId)
      let before: string[] = []
      around = async (api) =>
        api === vendorApi[kind]
          ? async () =>
              (before = await eventually(
                () => types(roomId),
                (known) => known.at(-1) === factTypes[kind],
              ))
          : undefined
      const answer = await steps.command(kind, roomId)
      expect(before.slice(-2)).toEqual([requestTypes[kind], factTypes[kind]])
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({ status: 'confirmed', vendor: { errorCode: 0 }, confirmation: { source: 'callback' } })
      expect(await types(roomId)).toEqual([...before, 'RequestAccepted'])
      expect(callsOf(vendorApi[kind], roomId)).toBe(1)
    },
  )

  it('given a room that is gone, when it is destroyed, then 404; the key again tells the same, and the vendor is not asked again', async () => {
    const roomId = `${world.startedAt}-gone`
    const send = () => steps.destroy(roomId).set('Idempotency-Key', roomId)
    const first = await send()
    expect(first.status).toBe(404)
    expect(first.body).toMatchObject({ type: '/problems/room-not-at-vendor', vendor: { errorCode: 100004 } })
    const again = await send()
    expect({ status: again.status, operationId: again.body.operationId }).toEqual({ status: 404, operationId: first.body.operationId })
    expect(callsOf('destroy_room', roomId)).toBe(1)
  })

  it('given a call that was turned away as too many, when the room is gone by the second try, then 404: nothing was done by us', async () => {
    const roomId = `${world.startedAt}-throttled`
    await steps.prepare('destroy-room', roomId)
    await steps.faults({ failWith: 60007, commands: ['destroy_room'] })
    let tries = 0
    around = async (api) => {
      if (api !== 'destroy_room') return undefined
      tries += 1
      // The first is turned away; then somebody else is faster.
      return tries === 1 ? async () => (await steps.faults(), await steps.act('dissolve', roomId)) : undefined
    }
    const answer = await steps.destroy(roomId)
    expect(tries).toBe(2)
    expect(answer.status).toBe(404)
    expect(await steps.operation(answer.body.operationId)).toMatchObject({ status: 'rejected', vendor: { errorCode: 100004 } })
    // The other one's deed is told by its own callback.
    expect(
      await eventually(
        () => steps.room(roomId),
        ({ status }) => status === 'destroyed',
      ),
    ).toMatchObject({ destroyCause: 'DestroyByUser' })
  })

  it('given a destroy without an answer, when the vendor says 100004 of the room afterwards, then it is confirmed, called once', async () => {
    const roomId = `${world.startedAt}-unknown`
    await steps.prepare('destroy-room', roomId)
    await steps.faults({ acceptThenTimeout: 1, drop: 1, commands: ['destroy_room'] })
    const answer = await steps.destroy(roomId)
    expect(answer.body).toMatchObject({ status: 'unresolved', cause: 'timeout' })
    expect(await steps.ended(answer.body.operationId)).toMatchObject({ status: 'confirmed', confirmation: { source: 'reconciliation' } })
    expect(callsOf('destroy_room', roomId)).toBe(1)
  })

  it.each([
    ['done, and nothing told', 'confirmed', { drop: 1, acceptThenTimeout: 1 }],
    ['accepted, and nothing told', 'confirmed', { drop: 1 }],
    ['never done', 'rejected', { timeout: 1 }],
  ] as const)('given operations that were %s, when the service is started again, then each ends %s', async (name, status, faults) => {
    const rooms = commandKinds.map((kind) => ({ kind, roomId: `${world.startedAt}-${name.length}-${kind}` }))
    for (const { kind, roomId } of rooms) await steps.prepare(kind, roomId)
    // So that they are open still when it stops.
    await world.restart({ CONFIRMATION_TIMEOUT_MS: '600000', LIVE_TIMEOUT_MS: '300' })
    await steps.faults({ ...faults, commands: Object.values(vendorApi) })
    const open = await Promise.all(rooms.map(async ({ kind, roomId }) => (await steps.command(kind, roomId)).body))
    await world.restart()
    await steps.faults()
    for (const { operationId } of open) expect(await steps.ended(operationId)).toMatchObject({ status })
    for (const { kind, roomId } of rooms) expect(callsOf(vendorApi[kind], roomId)).toBe(1)
  })
})
