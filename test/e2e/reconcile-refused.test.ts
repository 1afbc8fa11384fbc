import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stepsIn } from '../support/steps.js'
import { createWorld, type World } from '../support/world.js'

describe('a room that the vendor will not show', () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  beforeAll(async () => {
    world = await createWorld({ LIVE_TIMEOUT_MS: '400' })
    steps = stepsIn(world)
    await steps.create('asked').set('Prefer', 'wait=10').expect(200)
  })
  afterAll(() => world.close())

  it.each([
    [70003, 502, 'vendor-configuration', undefined],
    [60020, 502, 'vendor-configuration', undefined],
    [60007, 429, 'vendor-throttled', '1'],
    [70050, 429, 'vendor-throttled', '60'],
    [100002, 422, 'vendor-refused-parameters', undefined],
    [100006, 409, 'vendor-not-permitted', undefined],
    [100001, 502, 'vendor-unclear', '5'],
  ])('given the code %i for its answer, when the room is reconciled, then it is %i %s with the words of the vendor', async (...given) => {
    const [code, status, type, retryAfter] = given
    await steps.faults({ failWith: code, commands: ['get_room_info'] })
    const answer = await steps.reconcile('asked')
    expect([answer.status, answer.body.type, answer.headers['retry-after']]).toEqual([status, `/problems/${type}`, retryAfter])
    expect(answer.body.vendor).toEqual({ errorCode: code, errorInfo: expect.any(String), requestId: expect.any(String) })
    expect(answer.body.operationId).toBeUndefined()
    expect(await steps.room('asked')).toMatchObject({ status: 'active', owner: 'anna' })
  })

  it('given no answer at all, when the room is reconciled, then it is unclear, and there are no words of the vendor', async () => {
    await steps.faults({ timeout: 1, commands: ['get_room_info'] })
    const answer = await steps.reconcile('asked')
    expect([answer.status, answer.body.type, answer.headers['retry-after']]).toEqual([502, '/problems/vendor-unclear', '5'])
    expect(answer.body.vendor).toBeUndefined()
  })
})
