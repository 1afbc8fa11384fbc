import type { Json, JsonObject, RecordedEvent } from '#event-store'
import { createInterpreter, type BatchOutcome, type PartitionState } from '../src/engine/interpreter.js'
import { createProcessor } from '../src/engine/processor.js'
import type { ProjectionDefinition } from '../src/projections.js'

export interface Fed {
  readonly stream?: string
  readonly type?: string
  readonly data?: JsonObject
  readonly metadata?: JsonObject
  readonly id?: string
}

/** Runs a projection's text without a store: events in, states and emissions out. */
export const project = (source: string, options: Partial<ProjectionDefinition> & { hotPartitions?: number; onLog?: () => void } = {}) => {
  const partitions = new Map<string, PartitionState>()
  const emitted: { stream: string; type: string; data: Json; metadata: JsonObject }[] = []
  const logged: string[] = []
  const revisions = new Map<string, number>()
  let count = 0
  const { hotPartitions, onLog, ...given } = options
  const definition: ProjectionDefinition = { name: 'p', version: 1, emits: true, ...given, source }
  const begin = () =>
    createInterpreter({
      definition,
      load: (partition) => partitions.get(partition),
      log: (line) => {
        logged.push(line)
        onLog?.()
      },
      ...(hotPartitions && { hotPartitions }),
    })
  const keep = (_: readonly RecordedEvent[], outcome: BatchOutcome): void => {
    for (const [partition, state] of outcome.partitions) partitions.set(partition, state)
    for (const { emissions } of outcome.emitted)
      for (const { stream, type, data, metadata, linkToLast } of emissions)
        emitted.push({ stream, type, data: linkToLast ? `last@${linkToLast}` : JSON.parse(data), metadata })
  }
  let processor = createProcessor(begin, keep)

  const record = ({ stream = 'room-1', type = 'Happened', data = {}, metadata = {}, id = `id-${count}` }: Fed): RecordedEvent => {
    const revision = (revisions.get(stream) ?? -1) + 1
    revisions.set(stream, revision)
    count += 1
    return { stream, type, data, metadata, id, revision, position: BigInt(count) }
  }
  const feed = (...events: Fed[]): void => {
    const recorded = events.map(record)
    for (let i = 0; i < recorded.length; i += 100) processor.process(recorded.slice(i, i + 100))
  }
  const stateOf = (partition = ''): unknown => {
    const state = partitions.get(partition)?.state
    return state ? JSON.parse(state) : null
  }
  return { feed, stateOf, emitted, logged, partitions, restart: () => void (processor = createProcessor(begin, keep)) }
}
