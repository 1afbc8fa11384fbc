import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { stepsIn } from '../support/steps.js'
import { createWorld, eventually, type World } from '../support/world.js'

type Entry = { type: string; eventId: string; afterDestroy: boolean; source: string; occurredAt: string }

describe('callbacks that are late, doubled, in disorder or lost', () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  beforeAll(async () => {
    world = await createWorld({ RECONCILE_RATE: '0' })
    steps = stepsIn(world)
  })
  afterEach(() => steps.faults())
  afterAll(() => world.close())

  it.each([
    ['doubled', { duplicate: 1 }],
    ['in disorder', { shuffle: 0.7 }],
    ['late', { delayMs: 300 }],
    ['all of it', { duplicate: 0.5, shuffle: 0.5, delayMs: 50 }],
  ])('given callbacks %s, when all have come, then the room is what the vendor has, each fact stands once', async (name, fault) => {
    const roomId = `disorder ${name}`
    await steps.faults({ seed: 7, ...fault })
    await steps.act('create', roomId, { roomName: 'Zero' })
    const owners = ['ben', 'carla', 'dora', 'anna']
    for (const [i, newOwner] of owners.entries()) {
      await steps.act('rename', roomId, { account: 'administrator', roomName: `Name ${i}` })
      await steps.act('transferOwner', roomId, { account: 'administrator', newOwner })
      await steps.act('update', roomId, { account: 'administrator', activityStatus: i, category: [i, i + 1] })
    }
    await steps.act('dissolve', roomId)
    await steps.act('create', roomId, { account: 'erik', roomName: 'Again' })
    await steps.act('transferOwner', roomId, { account: 'erik', newOwner: 'fay' })
    await world.sandbox.idle()

    const truth = await steps.truth(roomId)
    const { info, ...room } = await steps.room(roomId)
    expect(room).toMatchObject({ status: truth.status, life: 2, owner: 'fay', admins: truth.admins, destroyedAt: null })
    // What the ledger says of a room is no more than what was told, and nothing else.
    expect({ ...truth.info, roomType: 'Live' }).toMatchObject(info)
    const history: Entry[] = await eventually(
      () => steps.history(roomId),
      (items) => items.length >= 16,
    )
    const told = steps.told(roomId)
    expect(history).toHaveLength(told.length)
    expect(new Set(history.map(({ eventId }) => eventId)).size).toBe(told.length)
    const trail = await steps.owners(roomId)
    expect(trail).toMatchObject({ continuous: true, gaps: [] })
    expect(trail.items.map(({ life, to }: { life: number; to: string }) => [life, to])).toEqual([
      [1, 'anna'],
      ...owners.map((owner) => [1, owner]),
      [2, 'erik'],
      [2, 'fay'],
    ])
  })

  const at = Date.now() - 60_000
  const created = (RoomId: string) => ({
    CallbackCommand: 'Live.CallbackAfterCreateRoom',
    Operator_Account: 'anna',
    RoomInfo: { RoomId, RoomName: 'Name', RoomType: 'Live', Owner_Account: 'anna' },
    EventTime: at,
  })
  const destroyed = (RoomId: string) => ({
    CallbackCommand: 'Live.CallbackAfterDestroyRoom',
    Operator_Account: 'anna',
    RoomId,
    EventType: 'DestroyByUser',
    EventTime: at + 1000,
  })
  const changed = (RoomId: string) => ({
    CallbackCommand: 'Live.CallbackAfterChangeOwner',
    RoomId,
    EventTime: at + 2000,
    Operator_Account: 'anna',
    CurrentOwner_Account: 'ben',
    OriginalOwner_Account: 'anna',
  })

  it('given a destroyed room, when a younger fact comes and the vendor has the room, then the vendor is asked and a life begins', async () => {
    await steps.faults({ drop: 1 })
    await steps.act('create', 'undead', { account: 'ben', roomName: 'Alive' })
    for (const body of [created('undead'), destroyed('undead'), changed('undead')]) await world.callback(body).expect(200)
    const room = await eventually(
      () => steps.room('undead'),
      ({ life }) => life === 2,
    )
    expect(room).toMatchObject({ status: 'active', origin: 'observed', owner: 'ben', info: { roomName: 'Alive' } })
    const history: Entry[] = await eventually(
      () => steps.history('undead'),
      (items) => items.length === 4,
    )
    expect(history.map(({ type, afterDestroy }) => [type, afterDestroy])).toEqual([
      ['RoomCreated', false],
      ['RoomDestroyed', false],
      ['OwnerChanged', true],
      ['RoomObserved', false],
    ])
  })

  it('given a destroyed room, when a younger fact comes and the vendor has no room either, then it stays destroyed', async () => {
    for (const body of [created('dead'), destroyed('dead'), changed('dead')]) await world.callback(body).expect(200)
    await steps.reconcile('dead').expect(200)
    expect(await steps.room('dead')).toMatchObject({ status: 'destroyed', life: 1, owner: 'anna', destroyCause: 'DestroyByUser' })
    const history: Entry[] = await eventually(
      () => steps.history('dead'),
      // The look that finds no room is recorded too, sooner or later.
      (items) => items.length >= 3,
    )
    expect(history[2]).toMatchObject({ type: 'OwnerChanged', afterDestroy: true })
    expect((await steps.owners('dead')).items.map(({ to }: { to: string }) => to)).not.toContain('ben')
  })

  it('given a room that the ledger never heard of, when it is reconciled, then it is adopted; a look that tells nothing adds nothing', async () => {
    await steps.faults({ drop: 1 })
    await steps.act('create', 'foundling', { roomName: 'Found', category: [3] })
    expect((await steps.room('foundling')).status).toBe(404)
    const adopted = await steps.reconcile('foundling').expect(200)
    expect(adopted.body).toMatchObject({ roomId: 'foundling', life: 1, origin: 'observed', owner: 'anna', createdAt: null })
    expect(adopted.body.info).toMatchObject({ roomName: 'Found', category: [3] })
    await steps.reconcile('foundling').expect(200)
    expect(await steps.history('foundling')).toHaveLength(1)
    expect((await steps.owners('foundling')).items).toMatchObject([{ to: 'anna', since: null, link: 'first', source: 'reconciliation' }])
  })

  it('given a destroy and a transfer whose callbacks were lost, when the rooms are reconciled, then both are found, cause unknown', async () => {
    for (const roomId of ['gone', 'given']) await steps.act('create', roomId)
    await world.sandbox.idle()
    const before = Date.now()
    await steps.faults({ drop: 1 })
    await steps.act('dissolve', 'gone')
    await steps.act('transferOwner', 'given', { newOwner: 'ben' })
    const gone = await steps.reconcile('gone').expect(200)
    expect(gone.body).toMatchObject({ status: 'destroyed', destroyCause: null, statistics: null, owner: 'anna' })
    expect(Date.parse(gone.body.destroyedAt)).toBeGreaterThanOrEqual(before)
    const given = await steps.reconcile('given').expect(200)
    expect(given.body).toMatchObject({ status: 'active', owner: 'ben' })
    expect((await steps.owners('given')).items).toMatchObject([
      { to: 'anna' },
      { from: 'anna', to: 'ben', link: 'continuous', timeSource: 'observed', occurredAfter: expect.any(String), actor: { kind: 'system' } },
    ])
  })

  it('given a room that nobody knows, a vendor that is away, or too little scope, then reconciling says so', async () => {
    const unknown = await steps.reconcile('nobody')
    expect([unknown.status, unknown.body.type]).toEqual([404, '/problems/not-found'])
    await steps.faults({ http502: 1 })
    const away = await steps.reconcile('given')
    expect([away.status, away.body.type]).toEqual([502, '/problems/vendor-unclear'])
    expect((await world.reader('post', '/v1/rooms/given/reconcile')).status).toBe(403)
  })
})
