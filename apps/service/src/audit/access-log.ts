import { randomUUID } from 'node:crypto'
import type { EventStore, JsonObject, RecordedEvent } from '#event-store'
import type { Requester } from '#platform'
import { metadataOfDeed, type Stamp } from '../ledger/envelope.js'
import { decodeCursor, encodeCursor } from '../queries/cursor.js'
import type { AccessDescription } from './describe-access.js'
import { createAppendAtEnd } from './append-at-end.js'

const stream = 'auditAccess'
const type = 'AuditAccessed'

export interface Access extends AccessDescription {
  /** As in the answer's `X-Request-Id` and in the log. */
  readonly requestId: string
  readonly requestedBy: Requester & JsonObject
}

/** An access as it is read back. */
export interface RecordedAccess extends JsonObject {
  readonly eventId: string
  readonly recordedAt: string
}

const isCursor = (parts: unknown): parts is readonly [number] =>
  Array.isArray(parts) && parts.length === 1 && Number.isSafeInteger(parts[0]) && parts[0] >= 0

/** Who read the audit and who gave orders as an administrator, in a stream of its own. */
export const createAccessLog = (store: EventStore, { sdkAppId, now }: Stamp) => {
  const append = createAppendAtEnd(store, stream)
  return {
    /**
     * Resolves when it is durable.
     * @throws StoreUnavailable
     */
    record: async (access: Access): Promise<void> => {
      const metadata = { ...metadataOfDeed(access.requestedBy.id, now), sdkAppId }
      // By chance: whoever asks again accesses again.
      await append({ id: randomUUID(), type, data: access, metadata })
    },

    /**
     * Youngest first.
     * @throws Problem 400 for a cursor that is none
     */
    list: async ({ limit = 50, cursor }: { limit?: number | undefined; cursor?: string | undefined }) => {
      const before = cursor === undefined ? undefined : decodeCursor(cursor, isCursor)[0]
      const items: RecordedAccess[] = []
      if (before === 0) return { items, nextCursor: null }
      let last = 0
      const options = { direction: 'backwards', ...(before !== undefined && { from: before - 1 }) } as const
      for await (const event of store.readStream(stream, options)) {
        if (event.type !== type) continue
        if (items.length === limit) return { items, nextCursor: encodeCursor(last) }
        items.push(present(event))
        last = event.revision
      }
      return { items, nextCursor: null }
    },
  }
}
export type AccessLog = ReturnType<typeof createAccessLog>

const present = ({ id, data, metadata }: RecordedEvent): RecordedAccess => ({
  eventId: id,
  recordedAt: String(metadata['recordedAt']),
  cut: false,
  ...data,
})
