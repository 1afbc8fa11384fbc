import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld, eventually, type World } from '../support/world.js'

describe('the main job', () => {
  let world: World
  beforeAll(async () => void (world = await createWorld()))
  afterAll(() => world.close())

  const create = (roomId: string) =>
    world
      .api('post', '/v1/rooms')
      .set('Prefer', 'wait=10')
      .send({ roomId, seatTemplate: 'Karaoke', owner: 'anna', roomName: 'First', reason: 'opening night' })

  it('given a new room, when its owner is changed, then the operation is confirmed and room, history and trail tell', async () => {
    const created = await create('main-1')
    expect(created.status).toBe(200)
    expect(created.body).toMatchObject({
      kind: 'create-room',
      status: 'confirmed',
      confirmation: { source: 'callback', attribution: 'unique' },
    })

    const changed = await world
      .api('put', '/v1/rooms/main-1/owner')
      .set('Prefer', 'wait=10')
      .send({ newOwner: 'ben', reason: 'anna is ill' })
    expect(changed.status).toBe(200)
    expect(changed.headers['location']).toBe(`/v1/operations/${changed.body.operationId}`)
    expect(changed.body).toMatchObject({
      roomId: 'main-1',
      kind: 'change-owner',
      status: 'confirmed',
      parameters: { newOwner: 'ben' },
      requestedBy: { kind: 'apiKey', id: 'all' },
    })

    const room = await world.api('get', '/v1/rooms/main-1')
    expect(room.body).toMatchObject({
      roomId: 'main-1',
      life: 1,
      status: 'active',
      origin: 'created',
      owner: 'ben',
      info: { roomName: 'First' },
      pendingOperations: [],
    })
    expect(room.headers['etag']).toBe(`"${room.body.revision}"`)

    const query = `minPosition=${changed.body.position}`
    const history = await world.api('get', `/v1/rooms/main-1/history?${query}`)
    expect(history.body.items.map((entry: { type: string }) => entry.type)).toEqual(['RoomCreated', 'OwnerChanged'])
    expect(history.body.items[1]).toMatchObject({
      life: 1,
      timeSource: 'eventTime',
      source: 'callback',
      operationId: changed.body.operationId,
      changes: [{ field: 'owner', before: 'anna', after: 'ben', applied: true }],
      late: false,
      afterDestroy: false,
    })

    const owners = await world.api('get', `/v1/rooms/main-1/owners?${query}`)
    expect(owners.body).toMatchObject({ continuous: true, gaps: [] })
    expect(owners.body.items).toMatchObject([
      { from: null, to: 'anna', link: 'first', until: owners.body.items[1].since },
      {
        from: 'anna',
        to: 'ben',
        link: 'continuous',
        until: null,
        reason: 'anna is ill',
        requestedBy: { id: 'all' },
        attribution: 'unique',
      },
    ])

    const found = await world.api('get', `/v1/rooms?owner=ben&q=main-&${query}`)
    expect(found.body.items).toMatchObject([{ roomId: 'main-1', owner: 'ben' }])
    const ownerships = await world.api('get', `/v1/accounts/anna/ownerships?limit=500&${query}`)
    expect(ownerships.body.items).toContainEqual(expect.objectContaining({ roomId: 'main-1', until: owners.body.items[1].since }))
  })

  it('given a room, when it is updated with a notice, then what no callback carries is read and the operation is confirmed', async () => {
    await create('main-2')
    const updated = await world
      .api('patch', '/v1/rooms/main-2')
      .set('Prefer', 'wait=10')
      .send({ roomName: 'Second', notice: 'On air at seven' })
    expect(updated.body).toMatchObject({ status: 'confirmed', confirmation: { source: 'reconciliation' } })
    expect(updated.body.confirmation.unverified).toBeUndefined()
    const room = await world.api('get', '/v1/rooms/main-2')
    expect(room.body.info).toMatchObject({ roomName: 'Second', notice: 'On air at seven' })
  })

  it('given a room, when a command changes nothing, then it is confirmed all the same', async () => {
    await create('main-3')
    const updated = await world.api('patch', '/v1/rooms/main-3').set('Prefer', 'wait=10').send({ roomName: 'First' })
    expect(updated.body).toMatchObject({ status: 'confirmed' })
    const again = await world.api('put', '/v1/rooms/main-3/owner').set('Prefer', 'wait=10').send({ newOwner: 'anna' })
    expect(again.body).toMatchObject({ status: 'confirmed' })
  })

  it('given a room, when it is dissolved and the id used again, then a second life begins', async () => {
    await create('main-4')
    const destroyed = await world.api('delete', '/v1/rooms/main-4?reason=over').set('Prefer', 'wait=10')
    expect(destroyed.body).toMatchObject({ kind: 'destroy-room', status: 'confirmed', reason: 'over' })
    const gone = await world.api('get', '/v1/rooms/main-4')
    expect(gone.body).toMatchObject({
      status: 'destroyed',
      destroyCause: 'DestroyByUser',
      statistics: { totalViewers: 0 },
      statisticsSource: 'callback',
    })
    await create('main-4')
    const room = await world.api('get', '/v1/rooms/main-4')
    expect(room.body).toMatchObject({ status: 'active', life: 2, owner: 'anna', destroyedAt: null })
  })

  it('given a command for a room that the vendor does not have, then the refusal is a problem that names the operation', async () => {
    const refused = await world.api('delete', '/v1/rooms/nowhere')
    expect(refused.status).toBe(404)
    expect(refused.headers['content-type']).toContain('application/problem+json')
    expect(refused.body).toMatchObject({ type: '/problems/room-not-at-vendor', status: 404, vendor: { errorCode: 100004 } })
    const operation = await world.api('get', `/v1/operations/${refused.body.operationId}`)
    expect(operation.body).toMatchObject({ status: 'rejected', roomId: 'nowhere' })
    expect((await world.api('get', '/v1/rooms/nowhere')).status).toBe(404)
  })

  it('given an Idempotency-Key, when the command is repeated, then it is the same operation; with another body it is refused', async () => {
    await create('main-5')
    const send = (newOwner: string) =>
      world.api('put', '/v1/rooms/main-5/owner').set('Idempotency-Key', 'k-1').set('Prefer', 'wait=10').send({ newOwner })
    const [first, second] = await Promise.all([send('carla'), send('carla')])
    expect(first.body.operationId).toBe(second.body.operationId)
    const third = await send('dora')
    expect(third.status).toBe(422)
    expect(third.body.type).toBe('/problems/idempotency-key-reused')
    const operations = await world.api('get', '/v1/rooms/main-5/operations')
    expect(operations.body.items.map((operation: { kind: string }) => operation.kind)).toEqual(['change-owner', 'create-room'])
  })

  it('given an ETag, when the room has changed since, then If-Match refuses; our own requests leave the ETag alone', async () => {
    await create('main-6')
    const { etag } = (await world.api('get', '/v1/rooms/main-6')).headers
    await world.api('put', '/v1/rooms/main-6/owner').set('If-Match', etag!).set('Prefer', 'wait=10').send({ newOwner: 'ben' }).expect(200)
    const refused = await world.api('put', '/v1/rooms/main-6/owner').set('If-Match', etag!).send({ newOwner: 'carla' })
    expect(refused.status).toBe(412)
    expect(refused.body.type).toBe('/problems/precondition-failed')
  })

  it('given a life in the ledger, when the service restarts, then rooms, trails, ETags and lists are the same', async () => {
    const read = async () => {
      const bodies = await Promise.all(
        [
          '/v1/rooms/main-1',
          '/v1/rooms/main-1/history',
          '/v1/rooms/main-1/owners',
          '/v1/rooms?sort=roomId&q=main-',
          `/v1/operations?limit=500&since=${world.startedAt}`,
        ].map((path) => world.api('get', path)),
      )
      return bodies.map(({ body, headers }) => ({ body: body as unknown, etag: headers['etag'] }))
    }
    const before = await read()
    const caughtUp = () =>
      eventually(
        () => world.api('get', '/v1/projections'),
        ({ body: { items } }) => items.every((projection: { caughtUp: boolean }) => projection.caughtUp),
      )
    const { body } = await caughtUp()
    await world.restart()
    expect(await read()).toEqual(before)
    const after = await caughtUp()
    // A projection that had begun anew would have handled events again.
    expect(after.body.items).toMatchObject(
      body.items.map(({ name, epoch, eventsProcessed }: Record<string, unknown>) => ({ name, epoch, eventsProcessed })),
    )
  })
})
