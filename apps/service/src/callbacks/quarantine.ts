import { validate as isUuid } from 'uuid'
import type { EventStore, RecordedEvent } from '#event-store'
import { parseVendorJson } from '#live-engine'
import { Problem } from '#platform'
import type { CallbackEvidence } from '#room'
import { deriveId, metadataOfDeed } from '../ledger/envelope.js'
import { decodeCursor, encodeCursor } from '../queries/cursor.js'
import type { CallbackReceiver } from './receive-callback.js'

const prefix = 'callbackQuarantine-'

export interface QuarantinedCallback {
  readonly eventId: string
  readonly command: string
  readonly why: string
  readonly recordedAt: string
  readonly callback: CallbackEvidence
}

const isCursor = (parts: unknown): parts is readonly [string] =>
  Array.isArray(parts) && typeof parts[0] === 'string' && /^\d+$/.test(parts[0])

/** Callbacks that fitted no command, kept whole, oldest first; and the way to feed them in again. */
export const createQuarantine = (store: EventStore, receive: CallbackReceiver, now: () => string) => {
  const find = async (eventId: string): Promise<RecordedEvent> => {
    // The search goes through everything in quarantine: not for what is no id.
    for await (const event of isUuid(eventId) ? store.readAll({ prefixes: [prefix] }) : [])
      if (event.id === eventId && event.type === 'CallbackQuarantined') return event
    throw new Problem({ type: 'not-found', detail: `No callback ${JSON.stringify(eventId)} is in quarantine.` })
  }
  return {
    list: async ({ limit = 50, cursor }: { limit?: number | undefined; cursor?: string | undefined }) => {
      const after = cursor === undefined ? undefined : BigInt(decodeCursor(cursor, isCursor)[0])
      const items: QuarantinedCallback[] = []
      let last: bigint | undefined
      for await (const event of store.readAll({ prefixes: [prefix], ...(after !== undefined && { after }) })) {
        if (event.type !== 'CallbackQuarantined') continue
        if (items.length === limit) return { items, nextCursor: encodeCursor(String(last)) }
        items.push(present(event))
        last = event.position
      }
      return { items, nextCursor: null }
    },

    /** Feeds a callback in again, with what this version understands; that it was done is recorded beside it. */
    replay: async (eventId: string, by: string) => {
      const event = await find(eventId)
      const { callback, recordedAt: receivedAt } = present(event)
      const parsed = parseVendorJson(callback.body)
      if (!parsed.ok) throw new Problem({ type: 'invalid-request', detail: `The body is not usable: ${parsed.problem}.` })
      const { body, bodySha256: _, ...rest } = callback
      const result = await receive({ ...rest, body: parsed.value, rawBody: body, receivedAt })
      if (result.kind === 'quarantined') throw new Problem({ type: 'still-unfit', detail: `It still does not fit: ${result.why}.` })
      const metadata = { ...metadataOfDeed(by, now), $causationId: eventId }
      await store.append(
        event.stream,
        [
          {
            id: deriveId('replay', eventId, metadata.recordedAt),
            type: 'CallbackReplayed',
            data: { eventId, result: result.kind },
            metadata,
          },
        ],
        'any',
      )
      return { eventId, result: result.kind }
    },
  }
}
export type Quarantine = ReturnType<typeof createQuarantine>

const present = ({ id, data, metadata }: RecordedEvent): QuarantinedCallback => ({
  eventId: id,
  command: String(data['command']),
  why: String(data['why']),
  recordedAt: String(metadata['recordedAt']),
  callback: metadata['callback'] as unknown as CallbackEvidence,
})
