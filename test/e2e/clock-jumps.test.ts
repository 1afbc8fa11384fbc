import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { StoredEvent } from '../support/test-store.js'
import { createWorld, eventually, type World } from '../support/world.js'

const hour = 3_600_000
let world: World
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  world = await createWorld({ CONFIRMATION_TIMEOUT_MS: '300' })
})
afterEach(async () => {
  vi.useRealTimers()
  await world.close()
})

const jump = (hours: number) => vi.setSystemTime(Date.now() + hours * hour)
const timeOf = ({ metadata }: StoredEvent) => Date.parse(String(metadata['recordedAt']))

it('given a clock that jumps by hours, when callbacks come, then what was recorded later never says earlier, and facts stand in their order', async () => {
  const roomId = `jumping-${Date.now()}`
  const begun = Date.now() - 100 * hour
  const owners = ['anna', 'ben', 'carol', 'dora', 'emil', 'fay']
  const jumps = [0, 5, -9, 3, -2, 0.001]
  await world.callback({
    CallbackCommand: 'Live.CallbackAfterCreateRoom',
    Operator_Account: 'anna',
    EventTime: begun,
    RoomInfo: { RoomId: roomId, RoomName: 'Jumping', RoomType: 'Live', Owner_Account: 'anna' },
  })
  // They come in another order than they happened in.
  for (const [index, n] of [3, 1, 5, 2, 4].entries()) {
    jump(jumps[index]!)
    await world
      .callback({
        CallbackCommand: 'Live.CallbackAfterChangeOwner',
        Operator_Account: 'anna',
        EventTime: begun + n * 1000,
        RoomId: roomId,
        OriginalOwner_Account: owners[n - 1],
        CurrentOwner_Account: owners[n],
      })
      .expect(200)
  }
  const times = (await world.store.events(`room-${roomId}`)).map(timeOf)
  expect(times).toHaveLength(6)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  const { body } = await eventually(
    () => world.api('get', `/v1/rooms/${roomId}/owners`),
    (answer) => answer.body.items?.length === 6,
  )
  expect(body.items.map(({ to }: { to: string }) => to)).toEqual(owners)
  expect(body).toMatchObject({ continuous: true, gaps: [] })
})

it('given operations that wait, when the clock is set back by hours or stands still, then they end in time all the same', async () => {
  await fetch(`${world.sandbox.url}/_sandbox/faults`, { method: 'PUT', body: JSON.stringify({ drop: 1 }) })
  const create = (roomId: string) => world.api('post', '/v1/rooms').send({ roomId, seatTemplate: 'Karaoke', owner: 'anna' }).expect(202)
  const first = await create(`before-${Date.now()}`)
  jump(-7)
  const second = await create(`after-${Date.now()}`)
  jump(12)
  const third = await create(`ahead-${Date.now()}`)
  for (const { body } of [first, second, third])
    await eventually(
      () => world.api('get', `/v1/operations/${body.operationId}`),
      (answer) => answer.body.status === 'confirmed',
    )
  const mine = [first, second, third].map(({ body }) => `room-${body.roomId}`)
  const times = (await world.store.events('room-')).filter(({ stream }) => mine.includes(stream)).map(timeOf)
  expect(times.length).toBeGreaterThan(6)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
})
