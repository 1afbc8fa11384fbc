import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Anomaly } from '#audit-log'
import { stepsIn } from '../support/steps.js'
import { createWorld, eventually, type World } from '../support/world.js'

const path = '/v1/audit/anomalies'

describe('what in the record needs an explanation', () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  const start = Date.now() - 300_000
  const iso = (ms: number): string => new Date(start + ms).toISOString()

  const tell = async (command: string, ms: number, body: object): Promise<void> => {
    const told = { CallbackCommand: `Live.${command}`, EventTime: start + ms, ...body }
    await world.callback(told, { query: { OptPlatform: 'iOS' } }).expect(200)
  }
  const room = (RoomId: string, Owner_Account: string) => ({
    RoomInfo: { RoomId, Owner_Account, RoomName: 'x' },
    Operator_Account: Owner_Account,
  })
  const created = (id: string, ms: number, owner = 'anna') => tell('CallbackAfterCreateRoom', ms, room(id, owner))
  const changed = (id: string, ms: number, [from, to]: [string, string], by = from) =>
    tell('CallbackAfterChangeOwner', ms, { RoomId: id, Operator_Account: by, CurrentOwner_Account: to, OriginalOwner_Account: from })
  const destroyed = (id: string, ms: number) =>
    tell('CallbackAfterDestroyRoom', ms, { RoomId: id, EventType: 'DestroyByUser', Operator_Account: 'anna', RoomInfo: { RoomId: id } })
  const renamed = (id: string, ms: number, by = 'anna') =>
    tell('CallbackAfterUpdateRoomInfo', ms, { RoomInfo: { RoomId: id, RoomName: `at ${ms}` }, Operator_Account: by })

  const ask = async (query: string): Promise<{ items: Anomaly[]; nextCursor: string | null }> =>
    (await world.api('get', `${path}?${query}`).expect(200)).body
  const all = async (query: string): Promise<Anomaly[]> => {
    const items: Anomaly[] = []
    for (let cursor = ''; ;) {
      const page = await ask(`${query}${cursor}`)
      items.push(...page.items)
      if (page.nextCursor === null) return items
      cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`
    }
  }
  const ours = (items: readonly Anomaly[]) => items.filter(({ roomId }) => roomId.startsWith('odd-'))
  /** Ids of the facts of a room by `ms`, or by type. */
  const idOf = async (roomId: string, type: string, at = 0): Promise<string> => {
    const facts = (await world.store.events(`room-${roomId}`)).filter((event) => event.stream === `room-${roomId}` && event.type === type)
    return facts.at(at)!.id
  }

  beforeAll(async () => {
    world = await createWorld({ CONFIRMATION_TIMEOUT_MS: '300' })
    steps = stepsIn(world)
    // The vendor knows none of the rooms that only callbacks tell of: what it would say of them is not the matter here.
    await steps.faults({ failWith: 100001, commands: ['get_room_info'] })
    await created('odd-gap', 0)
    await changed('odd-gap', 1000, ['anna', 'ben'])
    await changed('odd-gap', 3000, ['carla', 'dora'], 'mallory')
    await created('odd-after', 0)
    await destroyed('odd-after', 1000)
    await renamed('odd-after', 2000)
    await created('odd-none', 0)
    await renamed('odd-none', 1000)
    await steps.faults({ drop: 1 })
    await steps.create('odd-unconfirmed').expect(202)
    await eventually(
      async () => (await world.api('get', '/v1/operations?roomId=odd-unconfirmed')).body.items[0],
      ({ status }) => status === 'confirmed',
    )
    await steps.faults()
  })
  afterAll(() => world.close())

  it('given a gap in the chain of owners, then it is shown by both changes, and who made it had never acted there', async () => {
    const eventIds = [await idOf('odd-gap', 'OwnerChanged', 0), await idOf('odd-gap', 'OwnerChanged', 1)]
    const { items, nextCursor } = await ask('roomId=odd-gap&kind=owner-gap,new-operator')
    expect(nextCursor).toBeNull()
    const both = { roomId: 'odd-gap', life: 1, occurredAt: iso(3000), recordedAt: expect.stringMatching(/Z$/) }
    expect(items).toEqual([
      {
        ...both,
        kind: 'new-operator',
        type: 'OwnerChanged',
        actor: { kind: 'account', id: 'mallory' },
        namedBefore: false,
        eventIds: [eventIds[1]],
      },
      { ...both, kind: 'owner-gap', expected: 'ben', found: 'carla', eventIds },
    ])
  })

  it('given callbacks of five minutes ago, then each is late, unless the bound is higher', async () => {
    const late = await ask('roomId=odd-none&kind=late-callback')
    expect(late.items.map(({ kind, eventIds }) => [kind, eventIds])).toEqual([
      ['late-callback', [await idOf('odd-none', 'RoomCreated')]],
      ['late-callback', [await idOf('odd-none', 'RoomUpdated')]],
    ])
    expect(late.items[0]).toMatchObject({ delayMs: expect.any(Number), type: 'RoomCreated' })
    expect((await ask('roomId=odd-none&lateMs=3600000')).items).toEqual([])
  })

  it('given a change after the end, then it is shown by both', async () => {
    const { items } = await ask('roomId=odd-after&kind=changed-after-destroy')
    const eventIds = [await idOf('odd-after', 'RoomDestroyed'), await idOf('odd-after', 'RoomUpdated')]
    expect(items).toMatchObject([{ type: 'RoomUpdated', life: 1, destroyedAt: iso(1000), eventIds }])
  })

  it('given an operation that no callback confirmed, then it is shown by what was asked and by what was found', async () => {
    const { items } = await ask('roomId=odd-unconfirmed&kind=confirmed-by-reconciliation')
    expect(items).toMatchObject([{ operation: 'create-room', requestedBy: { kind: 'apiKey', id: 'all' } }])
    const stream = await world.store.events('room-odd-unconfirmed')
    expect(items[0]!.eventIds.map((eventId) => stream.find(({ id }) => id === eventId)?.type)).toEqual([
      'RoomCreationRequested',
      'RoomObserved',
    ])
  })

  it('given all rooms, then they come by room and time, page by page as at once, and those of one kind alone', async () => {
    const whole = ours(await all('limit=500'))
    expect([...new Set(whole.map(({ roomId }) => roomId))]).toEqual(['odd-after', 'odd-gap', 'odd-none', 'odd-unconfirmed'])
    expect(ours(await all('limit=1'))).toEqual(whole)
    expect(ours(await all('limit=3'))).toEqual(whole)
    const gaps = whole.filter(({ kind }) => kind === 'owner-gap')
    expect([ours(await all('kind=owner-gap')), gaps.length]).toEqual([gaps, 1])
    const one = (await ask('roomId=odd-gap')).items
    expect(one).toEqual(whole.filter(({ roomId }) => roomId === 'odd-gap'))
    const paged = await ask('roomId=odd-gap&limit=2')
    expect([...paged.items, ...(await ask(`roomId=odd-gap&cursor=${paged.nextCursor}`)).items]).toEqual(one)
  })

  it('given a walk that is asked for again after a restart, then it is the same, and its cursors hold', async () => {
    const page = await ask('limit=2')
    const before = await ask(`limit=500&cursor=${page.nextCursor}`)
    await world.restart()
    expect(await ask(`limit=500&cursor=${page.nextCursor}`)).toEqual(before)
  })

  it.each([
    ['roomId=odd-nobody-knows', 404, 'not-found', undefined],
    ['kind=strange', 400, 'invalid-request', 'kind'],
    ['kind=owner-gap,strange', 400, 'invalid-request', 'kind'],
    ['kind=', 400, 'invalid-request', 'kind'],
    ['lateMs=-1', 400, 'invalid-request', 'lateMs'],
    ['lateMs=1.5', 400, 'invalid-request', 'lateMs'],
    ['lateMs=soon', 400, 'invalid-request', 'lateMs'],
    ['lateMs=99999999999', 400, 'invalid-request', 'lateMs'],
    ['limit=501', 400, 'invalid-request', 'limit'],
    ['cursor=none', 400, 'invalid-request', 'cursor'],
    ['at=2026-01-01T00:00:00Z', 400, 'invalid-request', 'at'],
  ])('given %s, then it is %i %s', async (query, status, type, field) => {
    const { body } = await world.api('get', `${path}?${query}`).expect(status)
    expect(body.type).toBe(`/problems/${type}`)
    expect(Object.keys(body.errors ?? {})).toEqual(field === undefined ? [] : [field])
  })

  it('given a cursor of another room, or of all, then it is refused for one', async () => {
    const other = (await ask('roomId=odd-gap&limit=1')).nextCursor
    await world.api('get', `${path}?roomId=odd-none&cursor=${other}`).expect(400)
    await world.api('get', `${path}?roomId=odd-gap&cursor=${Buffer.from('["odd-gap"]').toString('base64url')}`).expect(400)
  })

  it('given a key that may only read rooms, then it is refused', async () => {
    await world.reader('get', path).expect(403)
  })
})
