import { afterAll, describe, expect, it } from 'vitest'
import { projectionDefinitions } from '#projections'
import { engines, sayWhoTookPart } from '../../libs/event-store-esdb/test/engines.js'
import { entries, workbench } from '../../libs/event-store-esdb/test/projections/workbench.js'
import { corpus } from './corpus.js'
import { apart, embedded, type Outcome, type Stream } from './side-by-side.js'
import { askVendorsEngine } from './vendors-engine.js'

const rooms = corpus()
const cases = projectionDefinitions.map((definition) => [definition.name, definition] as const)

it('the corpus is as large as it is said to be', () => {
  expect(rooms.length).toBeGreaterThanOrEqual(200)
  expect(rooms.reduce((sum, { events }) => sum + events.length, 0)).toBeGreaterThanOrEqual(5_000)
})

describe.each(engines)('on $name and on the embedded engine', (engine) => {
  const bench = workbench(engine.use())
  afterAll(() => sayWhoTookPart('equality of the projections'))

  it.each(cases)(
    'given one corpus, then %s emits the same and is left with the same state',
    { timeout: 300_000 },
    async (_, definition) => {
      const own = apart(definition)
      const streams = own.streams(rooms)
      const instance = await bench.started(own.definition)
      const write = async ({ name, events }: Stream): Promise<void> => {
        for (const [n, event] of events.entries()) await instance.store.append(name, [event], n === 0 ? 'noStream' : n - 1)
      }
      await Promise.all(streams.map(write))
      await expect
        .poll(() => instance.projections.status(), { timeout: 200_000, interval: 100 })
        .toMatchObject([{ status: 'Running', stateReason: null, caughtUp: true }])

      const server = bench.meddler()
      const outcomeOf = async (stream: Stream): Promise<Outcome> => ({
        entries: (await entries(instance, own.outputOf(stream))).map(({ type, data, metadata }) => ({ type, data, metadata })),
        state: await server.getProjectionState(own.definition.name, { partition: stream.name }),
      })
      const expected = await embedded(own, streams)
      const compared = [...expected.values()].reduce((sum, outcome) => sum + outcome.entries.length, 0)
      console.log(`${definition.name}: ${compared} entries of ${streams.length} rooms compared`)
      expect(compared).toBeGreaterThan(4_000)
      for (const stream of streams)
        await expect
          .poll(() => outcomeOf(stream), { timeout: 20_000, interval: 50, message: stream.name })
          .toEqual(expected.get(stream.name))
    },
  )
})

it.each(cases)(
  "given one corpus, then %s is judged alike by the vendor's published engine, where that can be had",
  { timeout: 120_000 },
  async (_, definition) => {
    const own = apart(definition)
    const streams = own.streams(rooms)
    const judged = await askVendorsEngine(own, streams)
    if ('why' in judged) return void console.log(`The vendor's published engine took no part: ${judged.why}`)
    console.log(`The vendor's published engine took part: ${definition.name}`)
    const expected = await embedded(own, streams)
    for (const { name } of streams) expect([name, bare(judged.outcomes.get(name))]).toEqual([name, bare(expected.get(name))])
  },
)

/** Without what the server adds when it writes: the published engine writes nothing. */
const bare = (outcome: Outcome | undefined) => ({ ...outcome, entries: outcome?.entries.map(({ type, data }) => ({ type, data })) })
