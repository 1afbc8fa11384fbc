import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { commandKinds, stepsIn, vendorApi, type CommandKind } from '../support/steps.js'
import { createWorld, type World } from '../support/world.js'

const writes = Object.values(vendorApi)

/** What a room looks like once its command has come true. */
const fulfilled: Record<CommandKind, object> = {
  'create-room': { status: 'active', owner: 'anna', info: { roomName: 'First' } },
  'update-room': { status: 'active', owner: 'anna', info: { roomName: 'Second' } },
  'change-owner': { status: 'active', owner: 'ben' },
  'destroy-room': { status: 'destroyed', destroyCause: null, statistics: { totalViewers: 0 } },
}
/** What reconciliation records of it. A room never heard of begins with the look itself. */
const recorded: Record<CommandKind, readonly string[]> = {
  'create-room': ['RoomObserved'],
  'update-room': ['RoomCreated', 'RoomUpdated', 'RoomObserved'],
  'change-owner': ['RoomCreated', 'OwnerChanged', 'RoomObserved'],
  'destroy-room': ['RoomCreated', 'RoomDestroyed', 'RoomObserved'],
}

/** And once it has come to nothing. */
const unknown = { type: '/problems/not-found' }
const untouched = { status: 'active', owner: 'anna', info: { roomName: 'First' }, pendingOperations: [] }

describe('how operations end', () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  beforeAll(async () => {
    world = await createWorld({ CONFIRMATION_TIMEOUT_MS: '300', LIVE_TIMEOUT_MS: '300' })
    steps = stepsIn(world)
  })
  afterEach(() => steps.faults())
  afterAll(() => world.close())

  it.each(commandKinds)('given a vendor that tells nothing, when %s is accepted, then reconciliation confirms it', async (kind) => {
    const roomId = `silent-${kind}`
    await steps.prepare(kind, roomId)
    await steps.faults({ drop: 1 })
    const answer = await steps.command(kind, roomId)
    expect(answer.status).toBe(202)
    expect(answer.headers['location']).toBe(`/v1/operations/${answer.body.operationId}`)
    expect(answer.body).toMatchObject({ kind, roomId, status: 'accepted', vendor: { errorCode: 0 }, confirmation: null })

    const operation = await steps.ended(answer.body.operationId)
    expect(operation).toMatchObject({ status: 'confirmed', confirmation: { source: 'reconciliation', attribution: 'unique' } })
    expect(operation.confirmation.unverified).toBeUndefined()
    expect(await steps.room(roomId)).toMatchObject({ ...fulfilled[kind], pendingOperations: [] })
    const history = await steps.history(roomId)
    expect(history.map(({ type }: { type: string }) => type)).toEqual(recorded[kind])
    expect(history.at(-1)).toMatchObject({ type: 'RoomObserved' })
    const observed = history.filter(({ source }: { source: string }) => source === 'reconciliation')
    for (const entry of observed) expect(entry).toMatchObject({ timeSource: 'observed', actor: { kind: 'system' } })
    expect(observed.map(({ eventId }: { eventId: string }) => eventId)).toContain(operation.confirmation.eventId)
  })

  it.each(commandKinds)(
    'given an answer that is lost, when %s was done, then 202 unresolved, and it ends confirmed, done once',
    async (kind) => {
      const roomId = `lost-${kind}`
      await steps.prepare(kind, roomId)
      const before = steps.told(roomId).length
      await steps.faults({ acceptThenTimeout: 1, drop: 1, commands: writes })
      const send = () => steps.command(kind, roomId).set('Idempotency-Key', `key-${roomId}`)
      const answer = await send()
      expect(answer.status).toBe(202)
      expect(answer.body).toMatchObject({ kind, status: 'unresolved', cause: 'timeout', confirmation: null })
      const again = await send()
      expect(again.body.operationId).toBe(answer.body.operationId)

      expect(await steps.ended(answer.body.operationId)).toMatchObject({ status: 'confirmed', confirmation: { source: 'reconciliation' } })
      const { status, ...rest } = fulfilled[kind] as { status: string; statistics?: object }
      // The totals of a destroy stood in the answer that was lost.
      expect(await steps.room(roomId)).toMatchObject({ status, ...(rest.statistics ? { statistics: null } : rest) })
      expect(steps.told(roomId)).toHaveLength(before + 1)
      expect((await send()).status).toBe(200)
    },
  )

  it('given an answer that is lost, when the callback comes all the same, then it is the callback that confirms', async () => {
    await steps.prepare('change-owner', 'lost-told')
    await steps.faults({ acceptThenTimeout: 1, commands: writes })
    const answer = await steps.giveTo('lost-told', 'ben').set('Prefer', 'wait=10')
    expect(answer.body).toMatchObject({ status: 'confirmed', confirmation: { source: 'callback' } })
    expect(answer.status).toBe(200)
  })

  it('given a vendor that does nothing and says nothing clear, then 202 unresolved, and each ends rejected with nothing done', async () => {
    const cases = commandKinds.flatMap((kind) =>
      [
        ['timeout', { timeout: 1 }],
        ['http-502', { http502: 1 }],
        ['vendor-100001', { failWith: 100001 }],
        ['vendor-60008', { failWith: 60008 }],
      ].map(([cause, fault]) => ({ kind, cause, fault: fault as object, roomId: `vain-${kind}-${cause as string}` })),
    )
    for (const { kind, roomId } of cases) await steps.prepare(kind, roomId)
    const before = cases.map(({ roomId }) => steps.told(roomId).length)
    const operations: string[] = []
    for (const { kind, roomId, cause, fault } of cases) {
      await steps.faults({ ...fault, commands: writes })
      const answer = await steps.command(kind, roomId)
      expect(answer.status).toBe(202)
      expect(answer.body).toMatchObject({ status: 'unresolved', cause })
      operations.push(answer.body.operationId as string)
    }
    await steps.faults()
    for (const operationId of operations)
      expect(await steps.ended(operationId)).toMatchObject({ status: 'rejected', cause: 'not-as-requested', confirmation: null })
    for (const { kind, roomId } of cases) {
      expect(await steps.room(roomId)).toMatchObject(kind === 'create-room' ? unknown : untouched)
    }
    expect(cases.map(({ roomId }) => steps.told(roomId).length)).toEqual(before)
    // The caller may ask again, and this time it happens.
    const again = await steps.giveTo('vain-change-owner-timeout', 'ben').set('Prefer', 'wait=10')
    expect(again.body).toMatchObject({ status: 'confirmed', confirmation: { source: 'callback', attribution: 'unique' } })
  })

  it.each([
    [100002, 'change-owner', 422, 'vendor-refused-parameters'],
    [70402, 'update-room', 422, 'vendor-refused-parameters'],
    [70107, 'change-owner', 422, 'vendor-refused-parameters'],
    [100009, 'update-room', 422, 'vendor-refused-parameters'],
    [100015, 'create-room', 422, 'vendor-refused-parameters'],
    [100003, 'create-room', 409, 'room-id-taken'],
    [100010, 'create-room', 409, 'room-id-taken'],
    [100011, 'create-room', 409, 'room-id-taken'],
    [100004, 'destroy-room', 404, 'room-not-at-vendor'],
    [100006, 'destroy-room', 409, 'vendor-not-permitted'],
    [60007, 'change-owner', 429, 'vendor-throttled'],
    [60011, 'update-room', 429, 'vendor-throttled'],
    [100012, 'create-room', 429, 'vendor-throttled'],
    [60010, 'destroy-room', 502, 'vendor-configuration'],
    [70001, 'change-owner', 502, 'vendor-configuration'],
    [100007, 'create-room', 502, 'vendor-configuration'],
  ] as const)('given the vendor refuses with %i, when %s is asked for, then %i %s', async (code, kind, status, type) => {
    const roomId = `refused-${code}`
    await steps.prepare(kind, roomId)
    await steps.faults({ failWith: code, commands: writes })
    const answer = await steps.command(kind, roomId)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.headers['retry-after'] !== undefined).toBe(status === 429)
    expect(answer.body).toMatchObject({ type: `/problems/${type}`, status, vendor: { errorCode: code, requestId: expect.any(String) } })
    const operation = await steps.operation(answer.body.operationId)
    expect(operation).toMatchObject({ status: 'rejected', kind, roomId, vendor: { errorCode: code } })
    expect(await steps.room(roomId)).toMatchObject(kind === 'create-room' ? unknown : untouched)
  })

  it('given the id is already ours, when the room there is the one asked for, then create is confirmed; when it is another, refused', async () => {
    await steps.faults({ drop: 1 })
    await steps.act('create', 'already-mine', { roomName: 'First' })
    const same = await steps.create('already-mine').set('Prefer', 'wait=10')
    expect(same.status).toBe(200)
    expect(same.body).toMatchObject({ status: 'confirmed', vendor: { errorCode: 100010 }, confirmation: { source: 'reconciliation' } })
    expect(await steps.room('already-mine')).toMatchObject({ owner: 'anna', origin: 'observed' })

    const other = await steps.create('already-mine', { roomName: 'Quite another' })
    expect(other.status).toBe(409)
    expect(other.body).toMatchObject({ type: '/problems/room-id-taken', vendor: { errorCode: 100010 }, operationId: expect.any(String) })
    expect((await steps.room('already-mine')).info.roomName).toBe('First')
  })

  it('given the id is already ours, when the room there cannot be looked at, then it is open, and confirmed once it can', async () => {
    await steps.faults({ drop: 1 })
    await steps.act('create', 'mine-unseen', { roomName: 'First' })
    await steps.faults({ drop: 1, failWith: 100001, commands: ['get_room_info'] })
    const answer = await steps.create('mine-unseen')
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({ status: 'unresolved', cause: 'vendor-100010' })
    await steps.faults()
    expect(await steps.ended(answer.body.operationId)).toMatchObject({ status: 'confirmed', confirmation: { source: 'reconciliation' } })
  })
})
