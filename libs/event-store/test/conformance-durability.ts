import { describe, expect, it } from 'vitest'
import { StoreUnavailable } from '../src/index.js'
import type { StoreUnderTest } from './store-fixture.js'
import { appendOk, collect, event, eventsUpTo, uniqueCategory, within } from './store-fixture.js'

export const durabilityConformance = (makeStore: () => Promise<StoreUnderTest>): void => {
  describe('closing', () => {
    it(
      'keeps everything: after opening again the same events stand at the same places, and retries are still known',
      { timeout: 60_000 },
      async () => {
        const { store, reopen, close } = await makeStore()
        if (!reopen) return close()
        const category = uniqueCategory()
        const events = eventsUpTo(3)
        const first = await appendOk(store, `${category}-1`, events, 'noStream')
        const before = await collect(store.readAll({ prefixes: [category] }))
        const again = await reopen()
        expect(await collect(again.readAll({ prefixes: [category] }))).toEqual(before)
        expect(await again.append(`${category}-1`, events, 'noStream')).toMatchObject({ ok: true, revision: 2, position: first.position })
        const next = await appendOk(again, `${category}-1`, [event()], 2)
        expect(next.position).toBeGreaterThan(first.position)
        await close()
      },
    )

    it('ends subscriptions without an error, and refuses what is asked afterwards', { timeout: 60_000 }, async () => {
      const { store, close } = await makeStore()
      const subscription = store.subscribe({ prefixes: [`${uniqueCategory()}-`] })[Symbol.asyncIterator]()
      await within(10_000, 'caught up', subscription.next())
      const waiting = collect({ [Symbol.asyncIterator]: () => subscription })
      const busy = store.subscribe()[Symbol.asyncIterator]()
      await within(10_000, 'something to be busy with', busy.next())
      await store.close()
      await within(10_000, 'the end of the waiting subscription', waiting)
      expect(await within(10_000, 'the end of the busy subscription', busy.next())).toMatchObject({ done: true })
      await expect(store.append(`${uniqueCategory()}-1`, [event()], 'any')).rejects.toThrow(StoreUnavailable)
      await expect(collect(store.readStream(`${uniqueCategory()}-1`))).rejects.toThrow(StoreUnavailable)
      await close()
    })
  })
}
