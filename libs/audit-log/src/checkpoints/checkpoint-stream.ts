import { v5 } from 'uuid'
import type { EventStore, RecordedEvent } from '#event-store'
import type { SignedCheckpoint } from './auditor.js'

/** Where the checkpoints are written down. */
export const checkpointStream = 'auditCheckpoints'

const namespace = '5d0a4f52-6a2b-5f0e-8f67-2f1b0f6c3a90'

export interface KeptCheckpoint extends SignedCheckpoint {
  /** In their stream. */
  readonly revision: number
}

/** The checkpoints that the store holds. Their sizes only grow. All throw `StoreUnavailable`. */
export interface CheckpointStream {
  last(): Promise<KeptCheckpoint | undefined>
  /** The youngest first, from this revision on down. */
  page(limit: number, from?: number): Promise<readonly KeptCheckpoint[]>
  ofSize(size: number): Promise<KeptCheckpoint | undefined>
  /** @returns undefined when another was written since `after` */
  add(
    checkpoint: Omit<SignedCheckpoint, 'createdAt'>,
    keyId: string,
    after: KeptCheckpoint | undefined,
  ): Promise<KeptCheckpoint | undefined>
}

export const openCheckpointStream = (store: EventStore, now: () => string): CheckpointStream => {
  const page = async (limit: number, from?: number): Promise<readonly KeptCheckpoint[]> => {
    const events = store.readStream(checkpointStream, { direction: 'backwards', limit, ...(from !== undefined && { from }) })
    return (await Array.fromAsync(events)).map(asCheckpoint)
  }
  const last = async () => (await page(1))[0]
  return {
    last,
    page,
    ofSize: async (size) => {
      let [low, high] = [0, (await last())?.revision ?? -1]
      while (low <= high) {
        const middle = Math.floor((low + high) / 2)
        const [found] = await page(1, middle)
        if (!found || found.size === size) return found
        if (found.size < size) low = middle + 1
        else high = middle - 1
      }
      return undefined
    },
    add: async ({ size, root, note }, keyId, after) => {
      const createdAt = now()
      const event = {
        id: v5(JSON.stringify(['CheckpointSigned', (after?.revision ?? -1) + 1, note]), namespace),
        type: 'CheckpointSigned',
        data: { size, root: root.toString('base64'), note, keyId },
        metadata: { schema: 1, recordedAt: createdAt },
      }
      const added = await store.append(checkpointStream, [event], after?.revision ?? 'noStream')
      return added.ok ? { size, root, note, createdAt, revision: added.revision } : undefined
    },
  }
}

const asCheckpoint = ({ data, metadata, revision }: RecordedEvent): KeptCheckpoint => ({
  size: Number(data['size']),
  root: Buffer.from(String(data['root']), 'base64'),
  note: String(data['note']),
  createdAt: String(metadata['recordedAt']),
  revision,
})
