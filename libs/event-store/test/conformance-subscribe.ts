import { describe, expect, it } from 'vitest'
import type { EventStore, RecordedEvent, SubscribeOptions } from '../src/index.js'
import { appendOk, collect, event, eventsUpTo, isCaughtUp, numbersOf, uniqueCategory, within } from './store-fixture.js'

/** Follows the log until it has that many events, or, with `caughtUp`, until it is told that there is no more for now. */
const follow = async (store: EventStore, options: SubscribeOptions, enough: number | 'caughtUp'): Promise<RecordedEvent[]> => {
  const events: RecordedEvent[] = []
  for await (const item of store.subscribe(options)) {
    if (!isCaughtUp(item)) events.push(item)
    if (enough === 'caughtUp' ? isCaughtUp(item) : events.length === enough) break
  }
  return events
}

export const subscribeConformance = (store: () => EventStore): void => {
  describe('a subscription', () => {
    it('shows every event once and in order to all subscribers, whenever they join, while writers write', { timeout: 60_000 }, async () => {
      const category = uniqueCategory()
      const prefixes = [`${category}-`]
      const perWriter = 100
      const total = 8 * perWriter
      const write = async (writer: number) => {
        for (let n = 0; n < perWriter; n += 1) await appendOk(store(), `${category}-${writer % 5}`, [event(n)])
      }
      const early = Array.from({ length: 3 }, () => follow(store(), { prefixes }, total))
      const firstHalf = Promise.all([0, 1, 2, 3].map(write))
      const during = Array.from({ length: 3 }, () => follow(store(), { prefixes }, total))
      await firstHalf
      const middle = (await collect(store().readAll({ prefixes })))[150]!
      const fromMiddle = follow(store(), { prefixes, after: middle.position }, total - 151)
      await Promise.all([4, 5, 6, 7].map(write))

      const inLog = await collect(store().readAll({ prefixes }))
      expect(inLog).toHaveLength(total)
      for (const seen of await within(30_000, 'all events at all subscribers', Promise.all([...early, ...during])))
        expect(seen).toEqual(inLog)
      expect(await within(30_000, 'the rest from the middle', fromMiddle)).toEqual(inLog.slice(151))
    })

    it('says that it caught up, after what was there and before what is new, and how far it looked', async () => {
      const category = uniqueCategory()
      const prefixes = [`${category}-`]
      await appendOk(store(), `${category}-1`, eventsUpTo(2))
      const { position } = await appendOk(store(), `${category}other-1`, [event()])
      const subscription = store().subscribe({ prefixes })[Symbol.asyncIterator]()
      const items = await within(
        10_000,
        'two events and the marker',
        Promise.all([subscription.next(), subscription.next(), subscription.next()]),
      )
      expect(items.map(({ value }) => (isCaughtUp(value) ? 'caughtUp' : value.data.n))).toEqual([0, 1, 'caughtUp'])
      expect(isCaughtUp(items[2].value) && items[2].value.position >= position).toBe(true)

      await appendOk(store(), `${category}-1`, [event(2)])
      const rest: unknown[] = []
      for await (const item of { [Symbol.asyncIterator]: () => subscription }) {
        if (isCaughtUp(item) && rest.length === 0) continue
        rest.push(isCaughtUp(item) ? 'caughtUp' : item.data['n'])
        if (isCaughtUp(item)) break
      }
      expect(rest).toEqual([2, 'caughtUp'])
    })

    it('catches up over many events without losing its place', { timeout: 30_000 }, async () => {
      const category = uniqueCategory()
      for (let n = 0; n < 3; n += 1) await appendOk(store(), `${category}-${n}`, eventsUpTo(1_000))
      const seen = await within(20_000, 'catching up', follow(store(), { prefixes: [`${category}-`] }, 'caughtUp'))
      expect(numbersOf(seen)).toEqual([0, 1, 2].flatMap(() => Array.from({ length: 1_000 }, (_, n) => n)))
    })

    it('picks up where another one ended, after the last event that one saw', async () => {
      const category = uniqueCategory()
      const prefixes = [`${category}-`]
      await appendOk(store(), `${category}-1`, eventsUpTo(20))
      const seen: RecordedEvent[] = []
      for (let round = 0; round < 5; round += 1) {
        const last = seen.at(-1)
        seen.push(...(await within(10_000, 'four more', follow(store(), { prefixes, ...(last && { after: last.position }) }, 4))))
      }
      expect(numbersOf(seen)).toEqual(Array.from({ length: 20 }, (_, n) => n))
    })

    it('sees several prefixes and nothing else, also live', async () => {
      const category = uniqueCategory()
      const seeing = follow(store(), { prefixes: [`${category}a-`, `${category}c-`] }, 4)
      for (const [n, letter] of ['a', 'b', 'c', 'b', 'a', 'd', 'c'].entries()) await appendOk(store(), `${category}${letter}-1`, [event(n)])
      expect(numbersOf(await within(10_000, 'four events', seeing))).toEqual([0, 2, 4, 6])
    })

    it('ends at once and without an error when told to, while it waits', async () => {
      const stop = new AbortController()
      const waiting = follow(store(), { signal: stop.signal, prefixes: [`${uniqueCategory()}-`] }, 1)
      setTimeout(() => stop.abort(), 50)
      expect(await within(5_000, 'the end of a waiting subscription', waiting)).toEqual([])
    })

    it('ends at once when told to, though more events lie ready', async () => {
      const category = uniqueCategory()
      await appendOk(store(), `${category}-1`, eventsUpTo(100))
      const stop = new AbortController()
      const seen: RecordedEvent[] = []
      for await (const item of store().subscribe({ prefixes: [`${category}-`], signal: stop.signal })) {
        if (!isCaughtUp(item)) seen.push(item)
        if (seen.length === 3) stop.abort()
      }
      expect(seen).toHaveLength(3)
    })

    it('does not begin when it was told to end before', async () => {
      expect(await within(5_000, 'the end', follow(store(), { signal: AbortSignal.abort() }, 1))).toEqual([])
    })

    it('holds no writer back when its reader is slow', async () => {
      const category = uniqueCategory()
      const prefixes = [`${category}-`]
      const slow = store().subscribe({ prefixes })[Symbol.asyncIterator]()
      await appendOk(store(), `${category}-1`, [event(0)])
      await slow.next()
      await within(20_000, 'appends beside a reader that stands still', appendOk(store(), `${category}-1`, eventsUpTo(1_000)))
      const rest: RecordedEvent[] = []
      while (rest.length < 1_000) {
        const { value, done } = await within(10_000, 'the next event', slow.next())
        if (done) break
        if (!isCaughtUp(value)) rest.push(value)
      }
      await slow.return?.()
      expect(new Set(rest.map(({ revision }) => revision)).size).toBe(rest.length)
      expect(rest.at(-1)?.revision).toBe(1_000)
    })
  })
}
