import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stepsIn } from '../support/steps.js'
import { createWorld, eventually, type World } from '../support/world.js'

describe('how far the projections are behind', () => {
  let world: World
  beforeAll(async () => void (world = await createWorld()))
  afterAll(() => world.close())

  it('given a room, when all is read, then readiness and the list of projections both say 0', async () => {
    await stepsIn(world).create('behind').set('Prefer', 'wait=10').expect(200)
    const lags = async () => {
      const ready = (await world.anonymous.get('/health/ready').expect(200)).body.details.projections
      const listed = (await world.api('get', '/v1/projections').expect(200)).body.items
      return [ready['room-history'].lag, ready['owner-trail'].lag, ...listed.map(({ lag }: { lag?: number }) => lag)]
    }
    expect(await eventually(lags, (found) => found.every((lag) => lag === 0))).toHaveLength(4)
  })
})
