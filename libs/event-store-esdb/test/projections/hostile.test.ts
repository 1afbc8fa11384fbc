import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import type { EventToAppend } from '#event-store'
import { projectionDefinitions, type ProjectionDefinition } from '#projections'
import { hostileCases } from '../../../projections/test/hostile-events.js'
import { project } from '../../../projections/test/run.js'
import { engines, sayWhoTookPart } from '../engines.js'
import { apart } from './apart.js'
import { entries, workbench } from './workbench.js'

const soon = { timeout: 60_000, interval: 50 }

interface Room {
  readonly id: string
  readonly what: string
  readonly events: readonly EventToAppend[]
}

const rooms = (): Room[] =>
  hostileCases.map(({ what, events }, index) => ({
    id: String(index),
    what,
    events: events.map(({ type, data, metadata }) => ({
      id: randomUUID(),
      type: type!,
      data: { ...data, roomId: String(index) },
      metadata: metadata!,
    })),
  }))

/** What the embedded engine makes of a room, with its state written down and read back before each event. */
const embeddedEntries = ({ name, source }: ProjectionDefinition, { id, events }: Room): unknown[] => {
  const run = project(source, { name })
  for (const event of events) {
    run.feed({ ...event, stream: `room-${id}` })
    run.restart()
  }
  return run.emitted.map(({ type, data }) => ({ type, data }))
}

describe.each(engines)('what a remote user can put into an event, on $name', (engine) => {
  const bench = workbench(engine.use())
  afterAll(() => sayWhoTookPart('hostile events'))

  it.each(projectionDefinitions.map((definition) => [definition.name, definition] as const))(
    'given all of it, then %s shows what the embedded engine shows, also with a state that was read back, and runs on',
    async (_, definition) => {
      const { definition: own, streamOf, outputOf } = apart(definition)
      const instance = await bench.started(own)
      /** The server counts 250 ms an event on the clock, so a busy machine may fault what is sound: that is tried again, as the service does. */
      const status = async () => {
        const [found] = await instance.projections.status()
        if (/took too long/.test(found?.stateReason ?? '')) await instance.projections.enable(own.name)
        return found
      }
      const running = async (): Promise<void> => {
        await expect.poll(status, soon).toMatchObject({ status: 'Running', stateReason: null, caughtUp: true })
      }
      const hostile = rooms()
      const half = ({ events }: Room): number => Math.ceil(events.length / 2)
      const append = async ({ id }: Room, events: readonly EventToAppend[]): Promise<void> => {
        for (const event of events) await instance.store.append(streamOf(id), [event], 'any')
      }

      for (const room of hostile) await append(room, room.events.slice(0, half(room)))
      await running()
      const hand = bench.meddler()
      await hand.disableProjection(own.name)
      await hand.enableProjection(own.name)
      for (const room of hostile) await append(room, room.events.slice(half(room)))
      await running()

      for (const room of hostile) {
        const expected = embeddedEntries(definition, room)
        const stream = outputOf(room.id)
        await expect.poll(async () => (await entries(instance, stream)).length, { ...soon, message: room.what }).toBe(expected.length)
        const shown = (await entries(instance, stream)).map(({ type, data }) => ({ type, data }))
        expect({ what: room.what, shown }).toEqual({ what: room.what, shown: expected })
      }
    },
    180_000,
  )
})
