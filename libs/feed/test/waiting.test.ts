import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventTypes } from '#room'
import { createMemoryStore } from '../../event-store/test/memory-store.js'
import { createFeed } from '../src/index.js'
import { placeAt, recorded, write } from './given.js'

const types = ['OwnerChanged', 'RoomUpdated', 'RoomCreated']
const timeOf = (n: number): string => new Date(1_774_546_156_000 + n).toISOString()
const written = (type: string, n: number) => {
  const event = recorded(type)
  return { ...event, metadata: { ...event.metadata, recordedAt: timeOf(n) } }
}

describe('what waits for readers', () => {
  it('given readers anywhere, of any types, then each is told its own, whatever the memory holds', async () => {
    const where = fc.record({ types: fc.option(fc.subarray(types, { minLength: 1 }), { nil: undefined }), at: fc.nat({ max: 40 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...types, 'Foreign'), { maxLength: 40 }),
        fc.array(where, { maxLength: 6 }),
        fc.nat({ max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        async (log, readers, before, maxEntries) => {
          const store = createMemoryStore()
          const feed = createFeed({ store, maxEntries })
          const append = async (from: number, to: number) => {
            for (const [n, type] of log.slice(from, to).entries()) await write(store, `room-${n % 2}`, written(type, from + n))
          }
          await append(0, before)
          // From here on the memory holds what comes, or some of it.
          await feed.waiting([{ from: await placeAt(feed, 'start'), types: undefined }], { events: 1_000, ms: 60_000 })
          await append(before, log.length)
          const positions = [-1n, ...(await Array.fromAsync(store.readAll())).map(({ position }) => position)]
          const asked = readers.map(({ types: some, at }) => ({
            from: { position: positions[Math.min(at, log.length)]!, cursor: '' },
            types: some,
          }))
          const expected = readers.map(({ types: some = eventTypes, at }) => {
            const waiting = log.flatMap((type, n) => (n >= at && some.includes(type) ? [n] : []))
            return { count: waiting.length, isAtLeast: false, oldest: waiting.length > 0 ? timeOf(waiting[0]!) : undefined }
          })
          expect(await feed.waiting(asked, { events: 1_000, ms: 60_000 })).toEqual(expected)
          feed.stop()
        },
      ),
      { numRuns: 300 },
    )
  }, 60_000)

  it('given more than are counted, then at least so many, for it and whoever is further behind; the others are told exactly', async () => {
    const store = createMemoryStore()
    const feed = createFeed({ store })
    await store.append(
      'room-a',
      Array.from({ length: 12_000 }, (_, n) => written('OwnerChanged', n)),
      'any',
    )
    const positions = (await Array.fromAsync(store.readAll())).map(({ position }) => position)
    const from = (index: number) => ({ position: positions[index]!, cursor: '' })
    const answers = await feed.waiting(
      [
        { from: { position: -1n, cursor: '' }, types: undefined },
        { from: from(1_998), types: undefined },
        { from: from(1_999), types: undefined },
        { from: from(11_998), types: ['OwnerChanged'] },
        { from: from(11_999), types: undefined },
      ],
      { events: 100_000, ms: 60_000 },
    )
    expect(answers).toEqual([
      { count: 10_000, isAtLeast: true, oldest: timeOf(0) },
      { count: 10_000, isAtLeast: true, oldest: timeOf(1_999) },
      { count: 10_000, isAtLeast: false, oldest: timeOf(2_000) },
      { count: 1, isAtLeast: false, oldest: timeOf(11_999) },
      { count: 0, isAtLeast: false, oldest: undefined },
    ])
  })

  it('given an event that was recorded and has not come to the memory yet, then it counts', async () => {
    const store = createMemoryStore()
    const feed = createFeed({
      store: { ...store, subscribe: ({ signal } = {}) => store.subscribe({ prefixes: ['nothing'], ...(signal && { signal }) }) },
    })
    const from = await placeAt(feed, 'start')
    await write(store, 'room-a', written('OwnerChanged', 1))
    expect(await feed.waiting([{ from, types: undefined }], { events: 10, ms: 60_000 })).toMatchObject([{ count: 1 }])
    await write(store, 'room-a', written('OwnerChanged', 2))
    const { place } = await feed.page({ from, filter: {}, limit: 1, waitMs: 0, signal: new AbortController().signal })
    expect(await feed.waiting([{ from: place, types: undefined }], { events: 10, ms: 60_000 })).toMatchObject([
      { count: 1, oldest: timeOf(2) },
    ])
    feed.stop()
  })

  it('given little to look at, then what was not looked at is not taken for nothing', async () => {
    const store = createMemoryStore()
    const feed = createFeed({ store })
    await store.append(
      'room-a',
      Array.from({ length: 500 }, (_, n) => written(n < 400 ? 'RoomUpdated' : 'OwnerChanged', n)),
      'any',
    )
    const [rare] = await feed.waiting([{ from: { position: -1n, cursor: '' }, types: ['OwnerChanged'] }], { events: 300, ms: 60_000 })
    expect(rare).toEqual({ count: 0, isAtLeast: true, oldest: undefined })
    const [late] = await feed.waiting([{ from: { position: -1n, cursor: '' }, types: undefined }], { events: 1_000, ms: 0 })
    expect(late).toEqual({ count: 100, isAtLeast: true, oldest: timeOf(0) })
  })
})
