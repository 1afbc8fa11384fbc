import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventToAppend } from '#event-store'
import { createEmbeddedProjections, type ProjectionDefinition } from '#projections'
import { createMemoryStore } from '../../libs/event-store/test/memory-store.js'
import { project } from '../../libs/projections/test/run.js'
import type { Room } from './corpus.js'

/** A room's stream with ids, so that every engine gets the very same events. */
export interface Stream {
  readonly name: string
  readonly events: readonly EventToAppend[]
}

/** What an engine makes of a room: what it emitted, in order, and the state that it is left with. */
export interface Outcome {
  readonly entries: readonly { readonly type: string; readonly data: unknown; readonly metadata: unknown }[]
  readonly state: unknown
}

/** A text over a category of its own and with output streams of its own: others use the same server. */
export const apart = (definition: ProjectionDefinition) => {
  const tag = `t${randomUUID().replaceAll('-', '')}`
  const source = definition.source
    .replace("fromCategory('room')", `fromCategory('${tag}')`)
    .replace('emit(category + room', `emit(category + '-${tag}' + room`)
  const category = definition.name === 'room-history' ? 'roomHistory' : 'ownerTrail'
  return {
    definition: { ...definition, name: `${definition.name}-${tag}`, source },
    streams: (rooms: readonly Room[]): Stream[] =>
      rooms.map(({ id, events }) => ({
        name: `${tag}-${id}`,
        events: events.map(({ type, data, metadata }) => ({ id: randomUUID(), type: type!, data: data!, metadata: metadata! })),
      })),
    /** Where it emits what it makes of a room's stream. */
    outputOf: ({ name }: Stream): string => `${category}-${name}`,
  }
}
export type Apart = ReturnType<typeof apart>

/** The embedded engine's answer. Its rooms come one event each in turn, so that it switches partitions all the time. */
export const embedded = async ({ definition, outputOf }: Apart, streams: readonly Stream[]): Promise<Map<string, Outcome>> => {
  const folder = await mkdtemp(join(tmpdir(), 'room-ledger-equality-'))
  const store = createMemoryStore()
  const projections = createEmbeddedProjections({ store, file: join(folder, 'projections.db'), definitions: [definition] })
  const run = project(definition.source, definition)
  try {
    const longest = Math.max(...streams.map(({ events }) => events.length))
    for (let n = 0; n < longest; n += 1)
      for (const { name, events } of streams) {
        const event = events[n]
        if (!event) continue
        await store.append(name, [event], 'any')
        run.feed({ ...event, stream: name })
      }
    await projections.start()
    if (!(await projections.waitFor(await store.head(), 120_000))) throw new Error('the embedded engine did not catch up')
    const outcomes = new Map<string, Outcome>()
    for (const stream of streams) {
      const emitted = await Array.fromAsync(projections.readEmitted(outputOf(stream)))
      outcomes.set(stream.name, {
        entries: emitted.map(({ type, data, metadata }) => ({ type, data, metadata })),
        state: run.stateOf(stream.name),
      })
    }
    return outcomes
  } finally {
    await projections.stop()
    await store.close()
    await rm(folder, { recursive: true })
  }
}
