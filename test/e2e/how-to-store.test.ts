import { afterAll, beforeAll, describe, it } from 'vitest'
import { idsIn, tryConsumer } from '../support/consumer.js'
import { createWorld, type World } from '../support/world.js'

describe('the page on subscribing to EventStoreDB', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld()
  })
  afterAll(() => world.close())

  it('given its program, killed and started again while facts come in, then it has handled all of them in order', { timeout: 60_000 }, () =>
    tryConsumer(world, 'read-directly', {
      page: 'docs/how-to/subscribe-to-eventstoredb.md',
      file: 'follow-store.mjs',
      command: process.execPath,
      env: { EVENT_STORE_URL: world.store.url },
      handled: idsIn('store.db'),
    }),
  )
})
