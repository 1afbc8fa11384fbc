import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stepsIn } from '../support/steps.js'
import { createWorld, eventually, type World } from '../support/world.js'

describe('a fact that is younger than the destroy', () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  beforeAll(async () => {
    world = await createWorld({ LIVE_TIMEOUT_MS: '300' })
    steps = stepsIn(world)
  })
  afterAll(() => world.close())

  const looksAt = async (roomId: string): Promise<{ type: string; occurredAt: string }[]> =>
    (await steps.history(roomId)).filter(({ type }: { type: string }) => type === 'RoomObserved')
  const rename = (roomId: string, eventTime: number) =>
    world.callback({
      CallbackCommand: 'Live.CallbackAfterUpdateRoomInfo',
      EventTime: eventTime,
      RoomInfo: { RoomId: roomId, RoomName: 'Late' },
    })

  it('given a vendor that cannot be asked, when the service is started again, then it asks, and the answer stands in the history', async () => {
    await steps.prepare('destroy-room', 'ended')
    expect((await steps.destroy('ended').set('Prefer', 'wait=10')).status).toBe(200)
    await steps.faults({ timeout: 1, commands: ['get_room_info'] })
    expect((await rename('ended', Date.now() + 1000)).status).toBe(200)
    await world.restart()
    expect(await looksAt('ended')).toEqual([])

    await steps.faults()
    await world.restart()
    const looks = await eventually(
      () => looksAt('ended'),
      ({ length }) => length > 0,
    )
    expect(looks).toMatchObject([{ source: 'reconciliation', timeSource: 'observed' }])
    expect(await steps.room('ended')).toMatchObject({ status: 'destroyed', life: 1 })
  })

  it('given a room that was dissolved without a word, when the vendor knows none and cannot be asked, then the next start asks', async () => {
    await steps.prepare('change-owner', 'silent')
    await steps.faults({ drop: 1 })
    await steps.act('dissolve', 'silent')
    await steps.faults({ timeout: 1, commands: ['get_room_info'] })
    const refused = await steps.giveTo('silent', 'ben')
    expect([refused.status, refused.body.type]).toEqual([404, '/problems/room-not-at-vendor'])
    expect(await steps.room('silent')).toMatchObject({ status: 'active' })

    await world.restart()
    await steps.faults()
    await world.restart()
    await eventually(
      () => steps.room('silent'),
      ({ status, destroyCause }) => status === 'destroyed' && destroyCause === null,
    )
  })

  it('given that it came before the destroy did, when the destroy comes, then the vendor is asked as well', async () => {
    await steps.act('create', 'swapped', { roomName: 'First' })
    await eventually(
      () => steps.room('swapped'),
      ({ status }) => status === 'active',
    )
    const then = Date.now()
    expect((await rename('swapped', then + 2000)).status).toBe(200)
    const destroy = {
      CallbackCommand: 'Live.CallbackAfterDestroyRoom',
      RoomId: 'swapped',
      EventType: 'DestroyByUser',
      EventTime: then + 1000,
    }
    expect((await world.callback(destroy)).status).toBe(200)
    // The vendor still has it: what it shows is a life of its own.
    await eventually(
      () => steps.room('swapped'),
      ({ status, life }) => status === 'active' && life === 2,
    )
  })

  it.each([
    [
      'another owner',
      'transferOwner',
      'Live.CallbackAfterChangeOwner',
      { OriginalOwner_Account: 'anna', CurrentOwner_Account: 'ben' },
      { status: 'active', owner: 'ben' },
    ],
    ['its end', 'dissolve', 'Live.CallbackAfterDestroyRoom', { EventType: 'DestroyByUser' }, { status: 'destroyed', owner: 'anna' }],
  ])(
    'given a vendor whose clock is behind ours, when it tells of %s right after a look, then that holds',
    async (_, deed, command, fields, end) => {
      const roomId = `behind-${deed}`
      await steps.faults({ drop: 1 })
      await steps.act('create', roomId, { roomName: 'First' })
      expect((await steps.reconcile(roomId)).status).toBe(200)
      const [looked] = await looksAt(roomId)
      await steps.act(deed, roomId, { newOwner: 'ben' })
      const body = { CallbackCommand: command, RoomId: roomId, EventTime: Date.parse(looked!.occurredAt) - 500, ...fields }
      expect((await world.callback(body)).status).toBe(200)
      await eventually(
        () => steps.room(roomId),
        ({ status, owner }) => status === end.status && owner === end.owner,
      )
    },
  )
})
