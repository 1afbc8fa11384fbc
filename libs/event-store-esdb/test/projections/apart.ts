import { randomUUID } from 'node:crypto'
import type { ProjectionDefinition } from '#projections'

/**
 * One of the ledger's projections, over a category of its own and with output streams of its own: others use the same
 * server.
 */
export const apart = ({ name, source, version, emits }: ProjectionDefinition) => {
  const tag = `t${randomUUID().replaceAll('-', '')}`
  const category = /publish\('(\w+)'/.exec(source)?.[1]
  if (category === undefined) throw new Error(`the text of ${name} does not say where it publishes`)
  const definition: ProjectionDefinition = {
    name: `${name}-${tag}`,
    version,
    emits,
    source: replaced(replaced(source, "fromCategory('room')", `fromCategory('${tag}')`), 'emit(category + ', `emit(category + '${tag}' + `),
  }
  return {
    definition,
    /** The stream that stands for `room-{room}`. */
    streamOf: (room: string): string => `${tag}-${room}`,
    /** Where it emits what it makes of a room. */
    outputOf: (room: string): string => `${category}${tag}-${room}`,
  }
}
export type Apart = ReturnType<typeof apart>

const replaced = (text: string, part: string, by: string): string => {
  if (text.split(part).length !== 2) throw new Error(`the text was to have ${part} once`)
  return text.replace(part, () => by)
}
