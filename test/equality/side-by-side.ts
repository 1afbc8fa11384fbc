import { randomUUID } from 'node:crypto'
import type { EventToAppend } from '#event-store'
import type { ProjectionDefinition } from '#projections'
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
    .replace('emit(category + room', `emit(category + '${tag}-' + room`)
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
export const embedded = ({ definition, outputOf }: Apart, streams: readonly Stream[]): Map<string, Outcome> => {
  const run = project(definition.source, definition)
  const longest = Math.max(...streams.map(({ events }) => events.length))
  for (let n = 0; n < longest; n += 1)
    run.feed(...streams.flatMap(({ name, events }) => (events[n] ? [{ ...events[n], stream: name }] : [])))
  const emitted = Map.groupBy(run.emitted, ({ stream }) => stream)
  return new Map(
    streams.map((stream) => [
      stream.name,
      {
        entries: (emitted.get(outputOf(stream)) ?? []).map(({ type, data, metadata }) => ({ type, data, metadata })),
        state: run.stateOf(stream.name),
      },
    ]),
  )
}
