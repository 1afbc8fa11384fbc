import { messageOf, ProjectionFault } from '../engine/fault.js'
import { createInterpreter } from '../engine/interpreter.js'
import type { Query } from '../engine/query.js'
import type { ProjectionDefinition } from '../projections.js'

/** The events that a text has handlers for. */
export interface Handles {
  /** The one category of streams that it reads. */
  readonly category: string
  /** Left out: of every type. */
  readonly types: ReadonlySet<string> | undefined
}

/**
 * Compiles a projection's text and lets it define itself, as the embedded engine would, without running a handler.
 * To be called before a text is sent to a server: EventStoreDB takes a broken one without a word and then fails to list
 * any projection at all.
 *
 * @returns what of the log the text handles
 * @throws Error (`ProjectionFault`) that names the projection, when the text does not compile, asks for what is not
 *   supported, or reads anything but one category
 */
export const checkDefinition = (definition: ProjectionDefinition): Handles => {
  const { source, any, handlers } = define(definition)
  if (source.kind === 'categories' && source.names.length === 1)
    return { category: source.names[0]!, types: any ? undefined : new Set(handlers.keys()) }
  throw new ProjectionFault(`projection ${definition.name}: a deployed one must read from one category`)
}

const define = (definition: ProjectionDefinition): Query => {
  try {
    return createInterpreter({ definition, load: () => undefined, log: () => undefined }).query
  } catch (thrown) {
    throw new ProjectionFault(`projection ${definition.name}: ${thrown instanceof ProjectionFault ? thrown.message : messageOf(thrown)}`)
  }
}
