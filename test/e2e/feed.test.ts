import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld, type World } from '../support/world.js'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

describe('the paged feed', () => {
  it('given a request and what became of it, then both are shown in the order of recording, and the cursor leads on', async () => {
    const { cursor } = (await world.api('get', '/v1/events?after=now')).body
    await world.api('put', '/v1/rooms/feed-paged/owner').send({ newOwner: 'bob' })
    const { body } = await world.api('get', `/v1/events?after=${cursor}&roomId=feed-paged`)
    expect(body.events.map(({ type }: { type: string }) => type)).toEqual([
      'room-ledger.OwnerChangeRequested',
      'room-ledger.RequestRejected',
    ])
    expect(body.cursor).toBe(body.events[1].cursor)
    expect((await world.api('get', `/v1/events?after=${body.cursor}&roomId=feed-paged`)).body).toEqual({ events: [], cursor: body.cursor })
  })
})
