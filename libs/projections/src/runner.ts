import { setImmediate, setTimeout } from 'node:timers/promises'
import type { EventStore, RecordedEvent } from '#event-store'
import { messageOf, ProjectionFault } from './engine/fault.js'
import { createInterpreter, type Interpreter } from './engine/interpreter.js'
import { createProcessor } from './engine/processor.js'
import { prefixesOf } from './engine/query.js'
import type { Checkpoint, OutputFile } from './file/output-file.js'
import type { ProjectionDefinition, ProjectionLogLine } from './projections.js'

/** Events in one go: few enough that the writer beside us hardly waits, enough that the commit does not weigh. */
const batchSize = 64
const retryAfterMs = 1000

export interface Runner {
  /** Goes on from the checkpoint; does nothing when it runs. */
  start(): void
  stop(): Promise<void>
  state(): { readonly status: 'Running' | 'Stopped' | 'Faulted'; readonly reason: string | null; readonly position: bigint }
  /** `true` once everything up to the position is handled; `false` when the time is over, or at once when it does not run. */
  waitFor(position: bigint, signal: AbortSignal): Promise<boolean>
}

interface RunnerOptions {
  readonly definition: ProjectionDefinition
  readonly store: EventStore
  readonly output: OutputFile
  readonly log: (level: ProjectionLogLine['level'], message: string) => void
}

/** Follows the log for one projection: read a batch, run it, write it down, let others have a turn. */
export const createRunner = ({ definition, store, output, log }: RunnerOptions): Runner => {
  const { name } = definition
  let status: 'Running' | 'Stopped' | 'Faulted' = 'Stopped'
  let reason: string | null = null
  let position = output.find(name)!.position
  let abort = new AbortController()
  let running: Promise<void> = Promise.resolve()
  const waiting = new Set<() => void>()
  const tell = (): void => waiting.forEach((check) => check())

  const interpret = (checkpoint: Checkpoint): Interpreter =>
    createInterpreter({
      definition,
      load: (partition) => output.partition(name, checkpoint.epoch, partition),
      log: (message) => log('debug', message),
    })

  const follow = async (signal: AbortSignal): Promise<void> => {
    const checkpoint = output.find(name)!
    position = checkpoint.position
    const processor = createProcessor(
      () => interpret(checkpoint),
      (events, outcome) => {
        const lastEvent = events.at(-1)!
        output.commit({ projection: name, epoch: checkpoint.epoch, position: lastEvent.position, outcome, lastEvent })
        position = lastEvent.position
      },
    )
    const prefixes = prefixesOf(processor.query.source)
    const handle = (events: readonly RecordedEvent[], upTo: bigint): void => {
      processor.process(events)
      position = upTo
      reason = null
      tell()
    }

    const subscription = store.subscribe({ signal, after: position, ...(prefixes && { prefixes }) })
    let batch: RecordedEvent[] = []
    for await (const item of subscription) {
      if (signal.aborted) return
      if (!('caughtUp' in item)) batch.push(item)
      else if (batch.length === 0) {
        // Nothing of ours was in between: not worth a write, the next batch or a stop keeps it.
        position = item.position
        reason = null
        tell()
        continue
      }
      if (batch.length < batchSize && !('caughtUp' in item)) continue
      const events = batch
      batch = []
      handle(events, item.position)
      await setImmediate()
      if (signal.aborted) return
    }
    if (!signal.aborted) throw new Error('the subscription ended')
  }

  const keepPosition = (): void => {
    const kept = output.find(name)!
    const outcome = { handled: 0, emitted: [], partitions: new Map<string, never>() }
    if (position > kept.position) output.commit({ projection: name, epoch: kept.epoch, position, outcome, lastEvent: undefined })
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      try {
        await follow(signal)
      } catch (thrown) {
        if (signal.aborted) return
        reason = messageOf(thrown)
        if (thrown instanceof ProjectionFault || isDamage(thrown)) {
          status = 'Faulted'
          position = output.find(name)!.position
          log('error', `faulted: ${reason}`)
          tell()
          return
        }
        // The store is away, or the disk is full: that is not the projection's fault.
        log('warn', `reads the log again in ${retryAfterMs} ms: ${reason}`)
        await setTimeout(retryAfterMs, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  return {
    start: () => {
      if (status === 'Running') return
      status = 'Running'
      reason = null
      abort = new AbortController()
      running = run(abort.signal)
    },
    stop: async () => {
      abort.abort()
      await running
      if (status === 'Running') keepPosition()
      status = 'Stopped'
      tell()
    },
    state: () => ({ status, reason, position }),
    waitFor: (wanted, signal) =>
      new Promise((resolve) => {
        const finish = (reached: boolean): void => {
          waiting.delete(check)
          signal.removeEventListener('abort', check)
          resolve(reached)
        }
        const check = (): void => {
          if (status !== 'Stopped' && position >= wanted) finish(true)
          else if (status !== 'Running' || signal.aborted) finish(false)
        }
        waiting.add(check)
        signal.addEventListener('abort', check)
        check()
      }),
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB: trying again does not help, the next start begins the file anew. */
const isDamage = (thrown: unknown): boolean => [11, 26].includes((thrown as { errcode?: number } | null)?.errcode ?? 0)
