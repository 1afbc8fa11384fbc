import { ProjectionFault } from './fault.js'
import { createHandlerTable } from './handler-table.js'
import type { ProjectionFunction, Query, QuerySource, Transform } from './query.js'

type Step =
  'fromAll' | 'fromCategory' | 'fromStream' | 'foreachStream' | 'partitionBy' | 'when' | 'outputState' | 'transformBy' | 'filterBy'
type Chain = Record<string, (...args: unknown[]) => unknown>

/** Which calls may follow which: EventStoreDB's chain. */
const following: Record<Step, readonly string[]> = {
  fromAll: ['when', 'partitionBy', 'outputState', 'foreachStream'],
  fromCategory: ['when', 'partitionBy', 'outputState', 'foreachStream'],
  fromStream: ['when', 'partitionBy', 'outputState'],
  foreachStream: ['when'],
  partitionBy: ['when'],
  when: ['transformBy', 'filterBy', 'outputState', 'outputTo'],
  outputState: ['transformBy', 'filterBy', 'outputTo'],
  transformBy: ['transformBy', 'filterBy', 'outputState', 'outputTo'],
  filterBy: ['transformBy', 'filterBy', 'outputState', 'outputTo'],
}

/** The globals a projection's text sees while it defines itself, and the query that comes of it. */
export interface DefinitionPhase {
  readonly globals: Chain
  /** Called when the script has run. @throws ProjectionFault where the text asks for what cannot be run. */
  finish(): Query
}

/**
 * Listens to a projection's text define itself. What this engine leaves out is refused by name, never ignored:
 * `options`, shared state, `outputTo`, system streams as a source, and projections without `when`.
 */
export const createDefinitionPhase = (): DefinitionPhase => {
  const table = createHandlerTable()
  const transforms: Transform[] = []
  let source: QuerySource | undefined
  let partitioning: Query['partitioning'] = { kind: 'none' }
  let defined = false
  let outputState = false

  const from = (step: Step, next: QuerySource): Chain => {
    if (source) throw new ProjectionFault('a projection has one source; from… was called twice')
    source = next
    return chain(step)
  }
  const addTransform = (kind: Transform['kind'], step: Step, call: unknown): Chain => {
    transforms.push({ kind, call: asFunction(step, call) })
    outputState = true
    return chain(step)
  }

  const calls: Chain = {
    foreachStream: () => {
      partitioning = { kind: 'stream' }
      return chain('foreachStream')
    },
    partitionBy: (call) => {
      partitioning = { kind: 'custom', call: asFunction('partitionBy', call) }
      return chain('partitionBy')
    },
    when: (handlers) => {
      if (typeof handlers !== 'object' || handlers === null) throw new ProjectionFault('when() takes an object of handlers')
      for (const [name, handler] of Object.entries(handlers)) table.add(name, asFunction(`when: ${name}`, handler))
      defined = true
      return chain('when')
    },
    outputState: () => {
      outputState = true
      return chain('outputState')
    },
    transformBy: (call) => addTransform('transform', 'transformBy', call),
    filterBy: (call) => addTransform('filter', 'filterBy', call),
    outputTo: () => {
      throw new ProjectionFault('outputTo() is not supported by the embedded engine: results go to $projections-{name}-result')
    },
  }
  const chain = (step: Step): Chain => Object.fromEntries(following[step].map((name) => [name, calls[name]!]))

  const globals: Chain = {
    fromAll: () => from('fromAll', { kind: 'all' }),
    fromStream: (name) => from('fromStream', { kind: 'streams', names: streamNames([name]) }),
    fromStreams: (...names) => from('fromStream', { kind: 'streams', names: streamNames(listOf(names)) }),
    fromCategory: (...names) => fromCategories(names),
    fromCategories: (...names) => fromCategories(names),
    options: (options) => refuseOptions(options),
    on_event: (...args) => {
      const [name, handler] = args
      if (args.length !== 2 || typeof name !== 'string') throw new ProjectionFault('on_event() takes an event type and a handler')
      table.add(name, asFunction('on_event', handler))
      defined = true
    },
    on_any: (handler) => {
      table.add('$any', asFunction('on_any', handler))
      defined = true
    },
  }
  const fromCategories = (names: unknown[]): Chain => {
    const categories = nonEmpty('fromCategory', listOf(names))
    // Several categories are several streams to EventStoreDB, hence no foreachStream.
    return from(categories.length > 1 ? 'fromStream' : 'fromCategory', { kind: 'categories', names: categories })
  }

  return {
    globals,
    finish: () => {
      if (!source) throw new ProjectionFault('the text names no source: it must call fromAll, fromCategory, fromStream or fromStreams')
      if (!defined) throw new ProjectionFault('a projection without when() is not supported by the embedded engine')
      return { source, partitioning, outputState, transforms, ...table.finish(partitioning.kind === 'stream') }
    },
  }
}

const asFunction = (where: string, value: unknown): ProjectionFunction => {
  if (typeof value !== 'function') throw new ProjectionFault(`${where}: a function was expected`)
  return value as ProjectionFunction
}

const listOf = (names: unknown[]): unknown[] => (names.length === 1 && Array.isArray(names[0]) ? (names[0] as unknown[]) : names)

const nonEmpty = (where: string, names: unknown[]): string[] => {
  if (names.length === 0 || names.some((name) => typeof name !== 'string' || name.trim() === ''))
    throw new ProjectionFault(`${where}() takes one or more names`)
  return names as string[]
}

const streamNames = (names: unknown[]): string[] => {
  const streams = nonEmpty('fromStream', names)
  const system = streams.find((name) => name.startsWith('$'))
  if (system !== undefined) throw new ProjectionFault(`the embedded engine has no system streams: ${system}`)
  return streams
}

/** EventStoreDB's options, in lower case as it compares them; only a value that asks for nothing is let through. */
const inert: Record<string, unknown> = {
  $includelinks: false,
  reorderevents: false,
  bistate: false,
  processinglag: null,
  resultstreamname: null,
}

const refuseOptions = (options: unknown): void => {
  if (typeof options !== 'object' || options === null) return
  for (const [name, value] of Object.entries(options)) {
    const key = name.toLowerCase()
    if (!Object.hasOwn(inert, key)) throw new ProjectionFault(`Unrecognized option: ${name}`)
    if (value !== inert[key]) throw new ProjectionFault(`option ${name} is not supported by the embedded engine`)
  }
}
