import { afterAll, beforeAll, describe } from 'vitest'
import type { EventStore } from '../src/index.js'
import { appendConformance } from './conformance-append.js'
import { readConformance } from './conformance-read.js'
import { retryConformance } from './conformance-retry.js'
import { subscribeConformance } from './conformance-subscribe.js'
import { durabilityConformance } from './conformance-durability.js'
import type { StoreUnderTest } from './store-fixture.js'

/**
 * What every event store must do. It asks for nothing but the port: other events may stand in the log,
 * positions may have holes, and all tests share one store.
 */
export const eventStoreConformance = (name: string, makeStore: () => Promise<StoreUnderTest>): void => {
  describe(`${name} as an event store`, () => {
    let made: StoreUnderTest
    beforeAll(async () => {
      made = await makeStore()
    }, 60_000)
    afterAll(() => made?.close(), 60_000)
    const store = (): EventStore => made.store

    appendConformance(store)
    retryConformance(store)
    readConformance(store)
    subscribeConformance(store)
    durabilityConformance(makeStore)
  })
}
