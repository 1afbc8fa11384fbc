import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventStore } from '#event-store'
import { createMemoryStore } from '../../event-store/test/memory-store.js'
import { createConsumers, createFeed, type Consumers, type Feed } from '../src/index.js'
import { placeAt, recorded, write, type Received } from './given.js'

const name = 'reader-of-all'
const types = ['OwnerChanged', 'RoomUpdated']

/** The store of another process: each of its answers takes a while of its own. */
const slow = (store: EventStore, pauses: readonly number[]): EventStore => {
  let turn = 0
  const pause = async (): Promise<void> => {
    for (let rest = pauses[turn++ % pauses.length]!; rest > 0; rest -= 1) await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    ...store,
    append: async (...what) => {
      await pause()
      const written = await store.append(...what)
      await pause()
      return written
    },
    async *readStream(...what) {
      await pause()
      yield* store.readStream(...what)
    },
  }
}

interface Instance {
  readonly feed: Feed
  readonly consumers: Consumers
}
const open = (store: EventStore): Instance => {
  const feed = createFeed({ store, maxEntries: 4 })
  return { feed, consumers: createConsumers({ store, locate: feed.locate, now: () => '2026-03-26T17:29:16.000Z' }) }
}

type Page = readonly Received['data'][]
interface Answer {
  readonly events: Page
  readonly cursor: string
}

/** What one request for events comes to. */
const read = async ({ feed, consumers }: Instance, limit: number): Promise<Answer> => {
  const found = (await consumers.find(name))!
  const from = await placeAt(feed, found.progress.acked)
  const page = await feed.page({ from, filter: { types }, limit, waitMs: 0, signal: new AbortController().signal })
  expect(await consumers.delivering(name, page.place)).toMatchObject({ ok: true })
  return { events: page.events.map((text) => JSON.parse(text) as Page[number]), cursor: page.place.cursor }
}

const instance = fc.nat({ max: 1 })
const reader = fc.nat({ max: 1 })
const deed = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('write' as const), type: fc.constantFrom(...types, 'RoomCreated') }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const), reader, instance, limit: fc.integer({ min: 1, max: 5 }) }) },
  // The service wrote down that it gives the page out, and was killed before it did.
  { weight: 1, arbitrary: fc.record({ do: fc.constant('read in vain' as const), instance, limit: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ack' as const), reader, instance, which: fc.nat({ max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), instance }) },
)
/** What stands together happens at the same time. */
const story = fc.array(fc.array(deed, { minLength: 1, maxLength: 4 }), { maxLength: 25 })

describe('a named consumer', () => {
  it('given two readers, two instances, conflicts and restarts, then each event comes at least once, in order, and nothing goes back', async () => {
    await fc.assert(
      fc.asyncProperty(story, fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 7 }), async (what, pauses) => {
        const store = createMemoryStore()
        const stores = [slow(store, pauses), slow(store, pauses.toReversed())]
        const instances = stores.map(open)
        await instances[0]!.consumers.register({ name, from: 'start', cursor: 'start', types, createdBy: 'me' })

        const wanted: string[] = []
        const received = new Set<string>()
        const last: (Answer | undefined)[] = []
        const verdicts: string[] = []
        const take = ({ events }: Answer): void => {
          const first = events.length > 0 ? wanted.indexOf(events[0]!.id) : 0
          expect(events.map(({ id }) => id)).toEqual(wanted.slice(first, first + events.length))
          // Whatever lies before it was acknowledged, and that is done by whoever received it.
          for (const id of wanted.slice(0, first)) expect(received).toContain(id)
          for (const { id } of events) received.add(id)
        }
        const happen = async (one: (typeof what)[number][number], seen: readonly (Answer | undefined)[]): Promise<void> => {
          if (one.do === 'write') {
            const event = recorded(one.type)
            if (types.includes(one.type)) wanted.push(event.id)
            await write(store, 'room-a', event)
          } else if (one.do === 'read') {
            const answer = await read(instances[one.instance]!, one.limit)
            take(answer)
            last[one.reader] = answer
          } else if (one.do === 'read in vain') {
            await read(instances[one.instance]!, one.limit)
          } else if (one.do === 'restart') {
            instances[one.instance]!.feed.stop()
            instances[one.instance] = open(stores[one.instance]!)
          } else {
            const page = seen[one.reader]
            if (!page) return
            const cursor = page.events[one.which]?.cursor ?? page.cursor
            const { feed, consumers } = instances[one.instance]!
            const moved = await consumers.acknowledge(name, await placeAt(feed, cursor))
            verdicts.push(moved.ok ? 'done' : moved.problem)
          }
        }
        for (const together of what) {
          const seen = [...last]
          await Promise.all(together.map((one) => happen(one, seen)))
        }

        for (const anew = open(store); ;) {
          const answer = await read(anew, 3)
          take(answer)
          expect(await anew.consumers.acknowledge(name, await placeAt(anew.feed, answer.cursor))).toMatchObject({ ok: true })
          if (answer.events.length === 0) break
        }
        expect(wanted.filter((id) => !received.has(id))).toEqual([])
        // What a reader was given was delivered, so all that can be wrong is that another went further.
        expect(verdicts.filter((verdict) => verdict !== 'done' && verdict !== 'backwards')).toEqual([])

        let [acked, delivered] = [-1n, -1n]
        for await (const { data } of store.readStream(`feedConsumer-${name}`)) {
          const to = {
            acked: await placeAt(instances[0]!.feed, String(data['acked'])),
            delivered: await placeAt(instances[0]!.feed, String(data['delivered'])),
          }
          expect(to.acked.position >= acked && to.delivered.position >= delivered && to.acked.position <= to.delivered.position).toBe(true)
          ;[acked, delivered] = [to.acked.position, to.delivered.position]
        }
        for (const { feed } of instances) feed.stop()
      }),
      { numRuns: 300 },
    )
  }, 60_000)
})
