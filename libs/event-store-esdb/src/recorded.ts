import type { RecordedEvent as VendorEvent, ResolvedEvent } from '@eventstore/db-client'
import type { JsonObject, RecordedEvent } from '#event-store'

/** An event of the server's own, or of a stream's metadata: hidden from the port. */
export const isSystem = (stream: string): boolean => stream.startsWith('$')

/**
 * @returns nothing where the event is the server's own, or a link whose target is gone
 */
export const toRecorded = ({ event }: ResolvedEvent): RecordedEvent | undefined => {
  if (!event || isSystem(event.streamId)) return undefined
  return {
    id: event.id,
    type: event.type,
    data: asObject(event.data),
    metadata: asObject(event.metadata),
    stream: event.streamId,
    // A stream never comes near 2^53 events.
    revision: Number(event.revision),
    position: positionOf(event),
  }
}

/** The server's position is a pair; without explicit transactions, which gRPC does not know, both halves are the same. */
const positionOf = ({ position }: VendorEvent): bigint => position?.commit ?? -1n

/** What others wrote need not be JSON: its place is kept, its body is not ours to read. */
const asObject = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array) ? (value as JsonObject) : {}
