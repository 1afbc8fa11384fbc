import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../event-store/test/memory-store.js'
import { beginning, createFeed, type FeedFilter } from '../src/index.js'
import { parseStream, placeAt, readPages, recorded, write } from './given.js'

const types = ['OwnerChanged', 'RoomUpdated', 'RequestAccepted']
const filters = fc.record(
  { types: fc.subarray(types, { minLength: 1 }), roomId: fc.constantFrom('0', '1', 'nobody') },
  { requiredKeys: [] },
) as fc.Arbitrary<FeedFilter>

/** What happens, in order: an event of some room, something that is no room's, or a rest for the readers. */
const deeds = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ room: fc.constantFrom('0', '1', '2'), type: fc.constantFrom(...types, 'Foreign') }) },
    fc.constant('elsewhere' as const),
    fc.constant('rest' as const),
  ),
  { maxLength: 60 },
)
/** After how many pieces a reader goes away and comes again, and how long it dawdles over each, in rounds. */
const readers = fc.array(fc.record({ filter: filters, cuts: fc.array(fc.integer({ min: 1, max: 4 })), dawdles: fc.nat({ max: 5 }) }), {
  minLength: 1,
  maxLength: 4,
})

const rounds = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) await new Promise((resolve) => setImmediate(resolve))
}

describe('the feed', () => {
  it(
    'given writers, and readers that are slow, cut off and behind, then each gets what it wants, in order, and each once',
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(deeds, readers, fc.integer({ min: 1, max: 8 }), async (what, who, maxEntries) => {
          const store = createMemoryStore()
          const feed = createFeed({ store, maxEntries, heartbeatMs: 5 })
          const written: { id: string; room: string; type: string }[] = []
          const wantedBy = ({ types: wanted = types, roomId }: FeedFilter) =>
            written.filter(({ type, room }) => wanted.includes(type) && (roomId === undefined || room === roomId)).map(({ id }) => id)
          const over = new AbortController()

          const all: string[][] = who.map(() => [])
          const read = async ({ filter, cuts, dawdles }: (typeof who)[number], index: number) => {
            const got = all[index]!
            let last = 'start'
            for (const pieces of [...cuts, Infinity]) {
              const gone = new AbortController()
              let count = 0
              const from = await placeAt(feed, last)
              for await (const bytes of feed.follow({ from, filter, signal: AbortSignal.any([gone.signal, over.signal]) })) {
                await rounds(dawdles)
                for (const { data } of parseStream(bytes.toString())) got.push(data.id)
                last = [...bytes.toString().matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? last
                if ((count += 1) === pieces) break
              }
              gone.abort()
            }
          }
          const reading = who.map(read)
          for (const deed of what) {
            if (deed === 'rest') await rounds(10)
            else if (deed === 'elsewhere') await write(store, 'callbackQuarantine-x', recorded('CallbackQuarantined'))
            else {
              const event = recorded(deed.type)
              await write(store, `room-${deed.room}`, event)
              written.push({ id: event.id, ...deed })
            }
          }
          const isComplete = () => who.every(({ filter }, index) => all[index]!.length >= wantedBy(filter).length)
          for (const deadline = Date.now() + 10_000; !isComplete() && Date.now() < deadline;) await rounds(10)
          // What comes too much comes now.
          await rounds(50)
          over.abort()
          await Promise.all(reading)
          for (const [index, got] of all.entries()) expect(got).toEqual(wantedBy(who[index]!.filter))
          for (const { filter } of who)
            for (const limit of [1, 3, 500])
              expect((await readPages(feed, beginning, filter, limit)).map(({ id }) => id)).toEqual(wantedBy(filter))
          feed.stop()
        }),
        { numRuns: 60 },
      )
    },
  )
})
