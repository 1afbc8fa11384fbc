import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stepsIn } from '../support/steps.js'
import { createWorld, type World } from '../support/world.js'

describe('what a request may hold and an entry always holds', () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  beforeAll(async () => {
    world = await createWorld()
    steps = stepsIn(world)
    await steps.create('shapes').set('Prefer', 'wait=10').expect(200)
  })
  afterAll(() => world.close())

  it.each([{ reason: 'closing time' }, { force: true }])(
    'given a DELETE with the body %j, then it is 400 and nothing is destroyed',
    async (body) => {
      const answer = await steps.destroy('shapes').send(body).expect(400)
      expect(Object.keys(answer.body.errors)).toEqual(Object.keys(body))
      expect(await steps.truth('shapes')).toMatchObject({ status: 'active' })
    },
  )

  it('given a DELETE whose body is empty, then it is carried out', async () => {
    await steps.create('shapes-2').set('Prefer', 'wait=10').expect(200)
    await steps.destroy('shapes-2').send({}).set('Prefer', 'wait=10').expect(200)
    await steps.create('shapes-3').set('Prefer', 'wait=10').expect(200)
    await steps.destroy('shapes-3').set('Content-Type', 'application/json').set('Prefer', 'wait=10').expect(200)
  })

  it('given requests and outcomes in a history, then their entries have the fields of the others', async () => {
    const { body } = await world.api('get', '/v1/rooms/shapes/history?include=operations').expect(200)
    const shape = ({ type, life, late, afterDestroy, changes }: Record<string, unknown>) => ({ type, life, late, afterDestroy, changes })
    const request = { life: null, late: false, afterDestroy: false, changes: [] }
    // The callback may be faster than the vendor's answer.
    expect(body.items).toHaveLength(3)
    expect(body.items.map(shape)).toEqual(
      expect.arrayContaining([
        { type: 'RoomCreationRequested', ...request },
        { type: 'RequestAccepted', ...request },
        expect.objectContaining({ type: 'RoomCreated', life: 1, late: false, afterDestroy: false }),
      ]),
    )
  })
})
