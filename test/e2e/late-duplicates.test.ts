import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRawClient } from '../support/chaos/fuzz/raw-http.js'
import { stepsIn } from '../support/steps.js'
import { engineUnderTest } from '../support/test-store.js'
import { createWorld, type World } from '../support/world.js'

describe('a callback that comes again', () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  const room = (name: string): string => `${world.startedAt}-${name}`
  const stored = async (roomId: string, type: string) => (await world.store.events(`room-${roomId}`)).filter((event) => event.type === type)

  beforeAll(async () => {
    world = await createWorld({ LIVE_CALLBACK_KEEP: 'Live.CallbackAfterMemberStateChanged' })
    steps = stepsIn(world)
  })
  afterAll(() => world.close())

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
