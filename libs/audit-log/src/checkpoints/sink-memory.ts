import { messageOf } from '#event-store'
import type { Verifier } from '../notes/verifier.js'
import type { CheckpointSink } from '../sink/checkpoint-sink.js'
import { CheckpointRefused } from './auditor.js'
import type { CheckpointStream, KeptCheckpoint } from './checkpoint-stream.js'
import { readRemembered, type Remembered } from './continuity.js'

export interface SinkMemoryParts {
  readonly sink: CheckpointSink
  readonly checkpoints: CheckpointStream
  readonly origin: string
}

/** Behind a sink that was away for long, the youngest of those that it missed. */
const mostAtOnce = 500

/** What the sink holds, as far as this process has seen it. */
export const createSinkMemory = ({ sink, checkpoints, origin }: SinkMemoryParts) => {
  let seen: { readonly remembered: Remembered | undefined } | undefined
  let failure: string | undefined

  const missed = async (last: KeptCheckpoint): Promise<readonly KeptCheckpoint[]> => {
    const from = seen?.remembered?.size
    if (from === undefined) return [last]
    return (await checkpoints.page(mostAtOnce, last.revision)).filter(({ size }) => size > from).toReversed()
  }
  return {
    failure: () => failure,
    /**
     * What the sink holds. One that was heard once in this process may be away later: the log has only grown since.
     * @param last of the store: had there been one, the sink would be there too
     * @throws CheckpointRefused
     */
    recall: async (verifiers: readonly Verifier[], last: KeptCheckpoint | undefined): Promise<Remembered | undefined> => {
      try {
        const note = await sink.latest(last !== undefined)
        const read = note === undefined ? { remembered: undefined } : readRemembered(note, verifiers, origin)
        if ('flaw' in read) throw new CheckpointRefused('inconsistent', `the sink ${sink.name} ${read.flaw}`)
        seen = read
      } catch (error) {
        failure = messageOf(error)
        if (error instanceof CheckpointRefused) throw error
        if (!seen) throw new CheckpointRefused('sink-away', `what the sink remembers cannot be told: ${failure}`)
      }
      return seen?.remembered
    },
    /** Brings it what it has not got yet. Should that fail, the next time is soon enough. */
    bring: async (last: KeptCheckpoint): Promise<void> => {
      if (seen?.remembered && seen.remembered.size >= last.size) return void (failure = undefined)
      try {
        for (const checkpoint of await missed(last)) {
          await sink.put(checkpoint.size, checkpoint.note)
          seen = { remembered: checkpoint }
        }
        failure = undefined
      } catch (error) {
        failure = messageOf(error)
      }
    },
  }
}
export type SinkMemory = ReturnType<typeof createSinkMemory>
