import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stepsIn } from '../support/steps.js'
import { createWorld, eventually, type World } from '../support/world.js'

interface Entry {
  readonly type: string
  readonly source: string
  readonly timeSource: string
}

describe('callbacks that never come', () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  beforeAll(async () => {
    world = await createWorld({ RECONCILE_RATE: '100' })
    steps = stepsIn(world)
  })
  afterAll(() => world.close())

  const standing = async (...roomIds: string[]): Promise<void> => {
    await steps.faults()
    for (const roomId of roomIds) await steps.act('create', roomId, { roomName: 'First' })
    for (const roomId of roomIds)
      await eventually(
        () => steps.room(roomId),
        ({ status }) => status === 'active',
      )
    await steps.faults({ drop: 1 })
  }

  it('given that the vendor tells of nothing any more, when rooms change, then the ledger becomes as the vendor is, by the walk alone', async () => {
    await standing('walk renamed', 'walk given', 'walk gone', 'walk left alone')
    const before = new Date().toISOString()
    await steps.act('rename', 'walk renamed', { roomName: 'Second' })
    await steps.act('transferOwner', 'walk given', { newOwner: 'ben' })
    await steps.act('dissolve', 'walk gone')

    const renamed = await eventually(
      () => steps.room('walk renamed'),
      ({ info }) => info.roomName === 'Second',
    )
    expect(renamed).toMatchObject({ owner: 'anna', life: 1, origin: 'created' })
    await eventually(
      () => steps.room('walk given'),
      ({ owner }) => owner === 'ben',
    )
    const gone = await eventually(
      () => steps.room('walk gone'),
      ({ status }) => status === 'destroyed',
    )
    expect([gone.destroyCause, gone.destroyedAt >= before]).toEqual([null, true])
    for (const [roomId, type] of Object.entries({
      'walk renamed': 'RoomUpdated',
      'walk given': 'OwnerChanged',
      'walk gone': 'RoomDestroyed',
    })) {
      const facts = (await world.store.events(`room-${roomId}`)).filter((event) => event.type === type)
      expect(facts).toHaveLength(1)
      const { source, timeSource, occurredAt, occurredAfter, actor } = facts[0]!.metadata as Record<string, unknown>
      expect({ source, timeSource, actor }).toEqual({
        source: 'reconciliation',
        timeSource: 'observed',
        actor: { kind: 'system', id: 'room-ledger' },
      })
      // It happened between the two: the last moment at which the old value was known, and the look.
      expect([String(occurredAfter) < before, before <= String(occurredAt)]).toEqual([true, true])
    }
    expect((await steps.owners('walk given')).items).toMatchObject([{ to: 'anna' }, { from: 'anna', to: 'ben', link: 'continuous' }])
  })

  it('given a change that the walk has found, when its callback comes after all, then it tells when, and nothing stands twice', async () => {
    await standing('walk late')
    const { updatedAt } = await steps.room('walk late')
    await steps.act('transferOwner', 'walk late', { newOwner: 'ben' })
    await eventually(
      () => steps.room('walk late'),
      ({ owner }) => owner === 'ben',
    )
    const eventTime = Date.parse(updatedAt) + 1
    const owners = { OriginalOwner_Account: 'anna', CurrentOwner_Account: 'ben' }
    const body = { CallbackCommand: 'Live.CallbackAfterChangeOwner', RoomId: 'walk late', EventTime: eventTime, ...owners }
    expect((await world.callback(body)).status).toBe(200)
    const trail = await eventually(
      () => steps.owners('walk late'),
      ({ items }) => items.at(-1).source === 'callback',
    )
    expect(trail).toMatchObject({
      items: [{ to: 'anna' }, { to: 'ben', since: new Date(eventTime).toISOString(), timeSource: 'eventTime' }],
      continuous: true,
    })
  })

  it('given a walk that comes by again and again, then a room that does not change has no entry for it, and the metrics tell', async () => {
    await standing('walk quiet')
    const looks = async (): Promise<number> =>
      Number(/^room_ledger_drift_looks_total\{result="same"\} (\d+)$/m.exec((await world.anonymous.get('/metrics')).text)?.[1] ?? 0)
    // The first look may learn what no callback carries.
    const rounds = async (): Promise<void> => {
      const enough = (await looks()) + 6
      await eventually(looks, (made) => made >= enough)
    }
    await rounds()
    const learned: Entry[] = await steps.history('walk quiet')
    await rounds()
    expect(await steps.history('walk quiet')).toEqual(learned)
    const { text } = await world.anonymous.get('/metrics')
    expect(text).toMatch(/^room_ledger_drift_facts_total\{type="RoomUpdated"\} [1-9]/m)
    expect(text).toMatch(/^room_ledger_drift_round_seconds \d/m)
  })

  it('given a vendor that is away, when it is back, then what happened meanwhile is found; a restart finds it too', async () => {
    await standing('walk meanwhile', 'walk and again')
    await steps.faults({ drop: 1, http502: 1 })
    await steps.act('transferOwner', 'walk meanwhile', { newOwner: 'ben' })
    await steps.faults({ drop: 1 })
    await eventually(
      () => steps.room('walk meanwhile'),
      ({ owner }) => owner === 'ben',
    )
    await steps.act('transferOwner', 'walk and again', { newOwner: 'carla' })
    await world.restart()
    await eventually(
      () => steps.room('walk and again'),
      ({ owner }) => owner === 'carla',
    )
  })

  it('given a vendor that hangs on the looks of the walk, when the service stops, then that is done in time', async () => {
    await standing('walk slow')
    await steps.faults({ drop: 1, timeout: 1 })
    await new Promise((resolve) => setTimeout(resolve, 100))
    const asked = performance.now()
    await world.restart()
    expect(performance.now() - asked).toBeLessThan(10_000)
  })

  it('given the rate 0, then nothing is found until somebody asks', async () => {
    await world.restart({ RECONCILE_RATE: '0' })
    await standing('walk unseen')
    await steps.act('transferOwner', 'walk unseen', { newOwner: 'ben' })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await steps.room('walk unseen')).owner).toBe('anna')
    const found = await steps.reconcile('walk unseen').expect(200)
    expect(found.body).toMatchObject({ owner: 'ben', reconciliation: { outcome: 'changed', exists: true } })
    expect(found.body.reconciliation.facts.map(({ type }: Entry) => type)).toContain('OwnerChanged')
    expect(found.headers['ledger-position']).toBe(found.body.position)
    expect((await steps.reconcile('walk unseen')).body.reconciliation).toEqual({ outcome: 'unchanged', exists: true, facts: [] })
  })
})
