import { afterAll, describe, expect, it } from 'vitest'
import { projectionDefinitions } from '#projections'
import { engines, sayWhoTookPart } from '../../libs/event-store-esdb/test/engines.js'
import { workbench } from '../../libs/event-store-esdb/test/projections/workbench.js'
import { aboutRooms } from './about-rooms.js'
import type { Answer } from './answer.js'
import { atServer } from './at-server.js'
import { corpus } from './corpus.js'
import { onEmbedded } from './on-embedded.js'
import { askVendorsEngine } from './vendors-engine.js'

const rooms = corpus()
const events = rooms.reduce((sum, room) => sum + room.events.length, 0)
const cases = projectionDefinitions.map((definition) => [definition.name, definition] as const)
const countOf = ({ emitted }: Answer): number => Object.values(emitted).reduce((sum, entries) => sum + entries.length, 0)

/** One line of comparison a room: what was emitted, and the state. */
const byRoom = ({ streamOf, outputOf }: ReturnType<typeof aboutRooms>, { emitted, states }: Answer) =>
  rooms.map(({ what, id }) => ({ what, entries: emitted[outputOf(id)], state: states[streamOf(id)] }))

it('the corpus is as large as it is said to be, and the same each time', () => {
  expect(rooms.length).toBeGreaterThanOrEqual(200)
  expect(events).toBeGreaterThanOrEqual(5_000)
  expect(corpus()).toEqual(rooms)
  expect(new Set(rooms.flatMap((room) => room.events.map(({ id }) => id))).size).toBe(events)
})

describe.each(engines)('on $name and on the embedded engine', (engine) => {
  const bench = workbench(engine.use())
  afterAll(() => sayWhoTookPart('equality of the projections'))

  it.each(cases)(
    'given one corpus, then %s emits the same and is left with the same state',
    { timeout: 300_000 },
    async (name, definition) => {
      const asked = aboutRooms(definition, rooms)
      const expected = await onEmbedded(asked.question)
      const began = performance.now()
      const answer = await atServer(bench, asked.question)
      const seconds = ((performance.now() - began) / 1_000).toFixed(1)
      console.log(
        `${name}: ${events} events of ${rooms.length} rooms, ${countOf(expected)} entries compared, ${seconds} s on ${engine.name}`,
      )
      expect(countOf(expected)).toBeGreaterThan(4_000)
      expect([expected.faulted, answer.faulted]).toEqual([false, false])
      const wanted = byRoom(asked, expected)
      for (const [n, got] of byRoom(asked, answer).entries()) expect(got).toEqual(wanted[n])
    },
  )
})

it.each(cases)(
  "given one corpus, then %s is judged alike by the vendor's published engine, where that can be had",
  { timeout: 120_000 },
  async (name, definition) => {
    const whole = rooms.filter(({ removed }) => !removed)
    const asked = aboutRooms(definition, whole)
    const { source } = asked.question.definition
    const streams = whole.map((room) => ({ name: asked.streamOf(room.id), events: room.events }))
    const judged = await askVendorsEngine({ source, streams })
    if ('why' in judged) return void console.log(`The vendor's published engine took no part: ${judged.why}`)
    console.log(`The vendor's published engine took part: ${name}`)
    expect(judged.unhandled.filter((type) => source.includes(`${type}:`))).toEqual([])
    const expected = await onEmbedded(asked.question)
    for (const { what, id } of whole) {
      const bare = expected.emitted[asked.outputOf(id)]!.map(({ type, data }) => ({ type, data }))
      const entries = judged.emitted[asked.outputOf(id)] ?? []
      const state = judged.states[asked.streamOf(id)] ?? {}
      // The published engine writes nothing, so there is no metadata.
      expect({ what, entries, state }).toEqual({ what, entries: bare, state: expected.states[asked.streamOf(id)] })
    }
  },
)
