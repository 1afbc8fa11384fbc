import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stepsIn } from '../support/steps.js'
import { createWorld, type World } from '../support/world.js'

describe("the vendor's public rooms", () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  beforeAll(async () => {
    world = await createWorld({ LIVE_TIMEOUT_MS: '1000' })
    steps = stepsIn(world)
    await steps.faults({ drop: 1 })
    for (let n = 0; n < 25; n += 1) await steps.act('create', `listed-${n}`, { roomName: `Room ${n}` })
    await steps.act('create', 'hidden', { isPublicVisible: false })
  })
  afterAll(() => world.close())

  it('given more than a page of them, when they are listed, then each comes once, as the vendor shows it, and the ledger knows none', async () => {
    const first = await world.api('get', '/v1/vendor/rooms').expect(200)
    expect(first.body.items).toHaveLength(20)
    const second = await world.api('get', `/v1/vendor/rooms?cursor=${first.body.nextCursor}`).expect(200)
    expect(second.body.nextCursor).toBeNull()
    const listed = [...first.body.items, ...second.body.items]
    expect(new Set(listed.map(({ roomId }) => roomId))).toEqual(new Set(Array.from({ length: 25 }, (_, n) => `listed-${n}`)))
    expect(listed.find(({ roomId }) => roomId === 'listed-7')).toMatchObject({
      owner: 'anna',
      info: { roomName: 'Room 7' },
      createdAt: expect.stringMatching(/Z$/),
      viewCount: 0,
    })
    expect((await world.api('get', '/v1/rooms?q=listed-')).body.items).toEqual([])
  })

  it('given too little scope, a cursor of somewhere else, or a vendor that is away, then it is said', async () => {
    expect((await world.reader('get', '/v1/vendor/rooms')).status).toBe(403)
    for (const cursor of ['!', 'bm9uZQ']) {
      const { status, body } = await world.api('get', `/v1/vendor/rooms?cursor=${cursor}`)
      expect([cursor, status >= 400 && status < 500, typeof body.detail]).toEqual([cursor, true, 'string'])
    }
    await steps.faults({ failWith: 70009, commands: ['get_room_list'] })
    const refused = await world.api('get', '/v1/vendor/rooms')
    expect([refused.status, refused.body.type, refused.body.vendor.errorCode]).toEqual([502, '/problems/vendor-configuration', 70009])
  })
})
