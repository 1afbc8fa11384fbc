import type { RecordedEvent } from '#event-store'
import type { BatchOutcome, PartitionState } from '../../../libs/projections/src/engine/interpreter.js'
import { createInterpreter } from '../../../libs/projections/src/engine/interpreter.js'
import { createProcessor } from '../../../libs/projections/src/engine/processor.js'
import { wants } from '../../../libs/projections/src/engine/query.js'
import type { Log } from '../log/log.js'
import { createEmitter } from './emit.js'
import type { Kept } from './records.js'
import type { Fed } from './source.js'
import { feedFrom } from './source.js'

/** How far a projection is; what a reset empties. */
export interface Progress {
  readonly partitions: Map<string, PartitionState>
  /** Index in the log of the next record to look at. */
  next: number
  place: string
  handled: number
}

export const noProgress = (): Progress => ({ partitions: new Map(), next: 0, place: '', handled: 0 })

/** The engine runs a projection's text; this feeds it from the log and writes down what it emits. */
export interface Running {
  /** The place that stands for "nothing yet". */
  readonly beginning: string
  /** Handles some of what is there. @returns whether there is more @throws Error where the projection is at fault */
  step(): boolean
}

/** Events in one go, few enough that nobody else on this thread waits long. */
const batchSize = 20

/** @throws Error where the text cannot be compiled */
export const run = (log: Log, name: string, projectionId: number, kept: Kept, progress: Progress): Running => {
  const { query: source, emitEnabled, epoch, version } = kept
  const emitter = createEmitter(log, { projectionId, epoch, version })
  let current: Fed | undefined

  const keep = (_: readonly RecordedEvent[], { emitted, partitions }: BatchOutcome): void => {
    const own = `$projections-${name}-`
    if (!emitEnabled && emitted.some(({ emissions }) => emissions.some(({ stream }) => !stream.startsWith(own))))
      throw new Error("'emit' is not allowed by the projection/configuration/mode")
    for (const { emissions } of emitted) emitter.write(current!, emissions)
    for (const [partition, state] of partitions) progress.partitions.set(partition, state)
  }
  const begin = () =>
    createInterpreter({
      definition: { name, version: 1, source, emits: true },
      load: (partition) => progress.partitions.get(partition),
      log: () => undefined,
    })
  const processor = createProcessor(begin, keep)
  const { query } = processor

  return {
    beginning: query.source.kind === 'categories' ? `$ce-${query.source.names[0]}: -1` : 'C:0/P:-1',
    step: () => {
      // One by one: what was kept and what was not is then never in doubt, whatever an event ends in.
      for (let handled = 0; progress.next < log.records.length && handled < batchSize; progress.next += 1) {
        current = feedFrom(log, query.source, log.records[progress.next]!)
        if (!current) continue
        try {
          processor.process([current.event])
        } catch (error) {
          throw new FaultAt(current.place, error)
        }
        handled += 1
        // As on the server: what has no handler is passed by without a word.
        if (!wants(query, current.event.stream, current.event.type)) continue
        progress.handled += 1
        progress.place = current.place
      }
      return progress.next < log.records.length
    },
  }
}

/** Where a projection failed. */
export class FaultAt extends Error {
  constructor(place: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause))
    this.place = place
  }
  readonly place: string
}
