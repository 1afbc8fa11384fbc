import { LRUCache } from 'lru-cache'
import type { RecordedEvent } from '#event-store'
import type { ProjectionDefinition } from '../projections.js'
import { createDefinitionPhase } from './definition-phase.js'
import { createEmitter } from './emitter.js'
import { createEventObject } from './event-object.js'
import { messageOf, ProjectionFault } from './fault.js'
import { partitionName } from './partition-name.js'
import { wants, type Query } from './query.js'
import { createRealm, patiently, RealmTimeout, type Limit, type Realm } from './realm.js'
import { partitionEmission, resultEmissions, resultOf, type ResultEmission } from './results.js'
import { stateToJson } from './state-json.js'

/** EventStoreDB's limits; here a thread's own work counts, so that a busy machine faults nobody. */
const compileLimitMs = 500
export const handlerLimitMs = 250

/** A partition between two of its events: JSON text, `null` for the null state and for no result. */
export interface PartitionState {
  readonly state: string | null
  readonly result: string | null
}

/** What a batch of events led to; nothing of it is kept before the caller has written it down. */
export interface BatchOutcome {
  readonly handled: number
  readonly emitted: readonly { readonly cause: RecordedEvent; readonly emissions: readonly ResultEmission[] }[]
  readonly partitions: ReadonlyMap<string, PartitionState>
}

export interface InterpreterOptions {
  readonly definition: ProjectionDefinition
  /** The stored state of a partition that is not at hand. */
  readonly load: (partition: string) => PartitionState | undefined
  readonly log: (message: string) => void
  /** Partitions kept in memory. Default 1,000. */
  readonly hotPartitions?: number
}

export interface Interpreter {
  readonly query: Query
  /**
   * Runs the events in order. After a throw the interpreter is spent: make another one.
   * @throws RealmTimeout when all together took more than a single handler may; run them one by one then, and patiently.
   * @throws ProjectionFault where the projection's text is at fault.
   */
  process(events: readonly RecordedEvent[], limit?: Limit): BatchOutcome
}

/** Compiles a projection's text. @throws ProjectionFault when it cannot be compiled or asks for what is not supported. */
export const createInterpreter = ({ definition, load, log, hotPartitions = 1000 }: InterpreterOptions): Interpreter => {
  const emitter = createEmitter(definition.emits, log)
  const { realm, query } = compile(definition, emitter.globals)

  const hot = new LRUCache<string, PartitionState>({ max: hotPartitions })
  let dirty = new Map<string, PartitionState>()
  /** The live object of the partition in hand: only a change of partition sends a state through JSON. */
  let current: { partition: string; state: unknown } | undefined

  const partitionOf = (event: RecordedEvent, category: string | null): string | null => {
    const { partitioning } = query
    if (partitioning.kind === 'none') return ''
    if (partitioning.kind === 'stream') return event.stream.startsWith('$$') ? event.stream.slice(2) : event.stream
    return partitionName(partitioning.call(createEventObject(event, category, '', realm.parse)))
  }

  const stored = (partition: string): PartitionState | undefined => dirty.get(partition) ?? hot.get(partition) ?? load(partition)

  /** Makes `current` the partition of the event. Gives what that itself emitted. */
  const enter = (partition: string, event: RecordedEvent): ResultEmission[] => {
    if (current?.partition === partition) return []
    const known = stored(partition)
    if (known && known.state !== null) {
      current = { partition, state: realm.parse(known.state) }
      return []
    }
    const state = query.init ? query.init() : realm.parse('{}')
    // EventStoreDB fails there, since it knows no place in the log yet.
    if (emitter.take().length > 0) throw new ProjectionFault('$init must not emit; $created may')
    current = { partition, state }
    for (const created of query.created) created(state, createEventObject(event, '', partition, realm.parse))
    const announced = !known && partition !== '' && query.outputState ? [partitionEmission(definition.name, partition)] : []
    return [...announced, ...emitter.take()]
  }

  const handle = (event: RecordedEvent): ResultEmission[] => {
    const category = query.source.kind === 'categories' && query.source.names.length === 1 ? query.source.names[0]! : null
    const partition = partitionOf(event, category)
    if (partition === null) return []
    const emissions = enter(partition, event)
    const handler = query.handlers.get(event.type) ?? query.any!
    const returned = handler(current!.state, createEventObject(event, category, partition, realm.parse))
    if (returned !== undefined) current!.state = returned
    emissions.push(...emitter.take())

    const before = stored(partition)
    const state = stateToJson(current!.state)
    const result = query.outputState ? resultOf(query, current!.state) : null
    if (result !== (before?.result ?? null)) emissions.push(...resultEmissions(definition.name, partition, result))
    if (!before || before.state !== state || before.result !== result) {
      dirty.set(partition, { state, result })
      hot.set(partition, { state, result })
    }
    return emissions
  }

  const process: Interpreter['process'] = (events, limit = { cpuMs: handlerLimitMs, wallMs: handlerLimitMs }) => {
    const wanted = events.filter((event) => wants(query, event.stream, event.type))
    const emitted: { cause: RecordedEvent; emissions: ResultEmission[] }[] = []
    let cause: RecordedEvent | undefined
    const run = (): void => {
      for (cause of wanted) {
        const emissions = handle(cause)
        if (emissions.length > 0) emitted.push({ cause, emissions })
      }
    }
    try {
      if (wanted.length > 0) realm.run(run, limit)
    } catch (thrown) {
      if (thrown instanceof RealmTimeout && (thrown.stalled || wanted.length > 1)) throw thrown
      throw new ProjectionFault(`${messageOf(thrown)} (event ${cause?.revision}@${cause?.stream}, ${cause?.type})`)
    }
    const partitions = dirty
    dirty = new Map()
    return { handled: wanted.length, emitted, partitions }
  }

  return { query, process }
}

const compile = (definition: ProjectionDefinition, runGlobals: Record<string, unknown>): { realm: Realm; query: Query } => {
  try {
    return patiently(compileLimitMs, (limit) => {
      const realm = createRealm()
      const phase = createDefinitionPhase()
      Object.assign(realm.globals, phase.globals, { log: runGlobals['log'] })
      for (const { source, url } of scriptsOf(definition)) realm.runScript(source, url, limit)
      const query = phase.finish()
      for (const name of Object.keys(phase.globals)) delete realm.globals[name]
      Object.assign(realm.globals, runGlobals)
      return { realm, query }
    })
  } catch (thrown) {
    throw thrown instanceof RealmTimeout ? new ProjectionFault(`the script ${thrown.message} to compile`) : thrown
  }
}

/** One after the other they are what they are as one text; a text that was changed afterwards is taken as it is. */
const scriptsOf = ({ name, source, parts = [] }: ProjectionDefinition): NonNullable<ProjectionDefinition['parts']> =>
  parts.map((part) => part.source).join('\n') === source ? parts : [{ url: `${name}.js`, source }]
