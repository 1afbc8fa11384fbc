import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSlowVendor } from '../support/slow-vendor.js'
import { stepsIn } from '../support/steps.js'
import { createWorld, eventually, type World } from '../support/world.js'

describe('how many calls of one room are under way at the vendor', () => {
  let vendor: Awaited<ReturnType<typeof createSlowVendor>>
  let world: World
  let steps: ReturnType<typeof stepsIn>
  beforeAll(async () => {
    vendor = await createSlowVendor(150)
    world = await createWorld({ LIVE_BASE_URL: vendor.url, CONFIRMATION_TIMEOUT_MS: '100' })
    vendor.standsBefore(world.sandbox.url)
    steps = stepsIn(world)
  })
  afterAll(async () => {
    await world.close()
    await vendor.close()
  })

  const mostTogether = (roomId: string): number => Math.max(...vendor.callsOf(roomId).map(({ together }) => together))
  const commandsOf = (roomId: string): string[] => vendor.callsOf(roomId).map(({ command }) => command)

  it('given commands, looks that operators ask for and operations to settle, when they come at once, then one call of a room at a time', async () => {
    await steps.prepare('update-room', 'busy')
    // No callback comes, so each command is settled by a look while the next ones are sent.
    await steps.faults({ drop: 1 })
    const answers = await Promise.all([
      steps.update('busy', { roomName: 'Second' }),
      steps.giveTo('busy', 'ben'),
      steps.reconcile('busy'),
      steps.update('busy', { notice: 'n' }),
      steps.reconcile('busy'),
      steps.create('busy'),
      steps.giveTo('busy', 'carla'),
    ])
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 200, 202, 200, 409, 202])
    expect((await steps.destroy('busy')).status).toBe(202)
    await eventually(
      () => steps.room('busy'),
      ({ pendingOperations }) => pendingOperations.length === 0,
    )
    expect(new Set(commandsOf('busy'))).toEqual(
      new Set(['create_room', 'update_room_info', 'change_room_owner', 'destroy_room', 'get_room_info']),
    )
    expect(mostTogether('busy')).toBe(1)
  })

  it('given a fact after a destroy, when the vendor is asked at once, then not while a command is under way', async () => {
    await steps.faults()
    await steps.prepare('destroy-room', 'gone')
    expect((await steps.destroy('gone').set('Prefer', 'wait=10')).status).toBe(200)
    const late = (roomName: string) =>
      world.callback({
        CallbackCommand: 'Live.CallbackAfterUpdateRoomInfo',
        RoomInfo: { RoomId: 'gone', RoomName: roomName },
        EventTime: Date.now(),
      })
    const before = commandsOf('gone').length
    const [refused] = await Promise.all([steps.giveTo('gone', 'ben'), late('Late'), late('Later')])
    expect(refused?.status).toBe(404)
    await eventually(
      async () => commandsOf('gone').slice(before),
      (commands) => commands.includes('get_room_info'),
    )
    expect(mostTogether('gone')).toBe(1)
  })
})
