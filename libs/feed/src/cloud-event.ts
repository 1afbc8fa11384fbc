import type { RecordedEvent } from '#event-store'
import { upcast, type RoomEvent, type RoomEventMetadata, type Source, type TimeSource } from '#room'
import { roomPrefix } from './cursor.js'

const authTypes = { account: 'app_user', apiClient: 'api_key', system: 'system' } as const

/**
 * An event as the feed tells it: CloudEvents 1.0 in structured mode, with extensions of the ledger's own. The published
 * schemas are made of this very definition (`npm run schemas`).
 */
export interface CloudEvent {
  readonly specversion: '1.0'
  /** Id of the event in the ledger; it comes again with the same one. */
  readonly id: string
  /**
   * The vendor's application: `/sdk-apps/{sdkAppId}`.
   * @format uri-reference
   */
  readonly source: string
  /** `room-ledger.` and the type of the event. */
  readonly type: string
  /** The room id. */
  readonly subject: string
  /**
   * When it happened (`occurredAt`): of a request or an outcome, when it was recorded. Events come in the order of
   * recording, so `time` may fall.
   * @format date-time
   */
  readonly time: string
  readonly datacontenttype: 'application/json'
  /**
   * Where the service tells the shape of `data`, relative to its own address.
   * @format uri-reference
   */
  readonly dataschema: string
  /** The place of this very event in the feed: reading on `after` it gives the next one. Opaque. */
  readonly cursor: string
  /**
   * When the ledger wrote it down.
   * @format date-time
   */
  readonly recordedtime: string
  /**
   * Place in the stream of its room: 0, 1, 2, …
   * @asType integer
   */
  readonly revision: number
  /**
   * Of a fact: the life of the room id that it belongs to, as known when it was recorded; 0 = a look at a room that never
   * was there. Absent where it was not written down yet.
   * @asType integer
   */
  readonly life?: number
  /** Where the ledger has it from. */
  readonly origin: Source
  /** Where `time` is from: the vendor's clock, its time of creation in whole seconds, the receipt, or a look at the vendor. */
  readonly timesource: TimeSource
  /** What `authid` is: an account of the vendor's, a credential of this service or of the vendor's REST API, or neither. */
  readonly authtype: 'app_user' | 'api_key' | 'system'
  /** Who did it. */
  readonly authid: string
  /** The room id: all that is of one room keeps its order where this is the key of a partition. */
  readonly partitionkey: string
  /** The same for a request, its outcomes and the fact that confirms it: the operation's id. Of other facts their own id. */
  readonly correlationid?: string
  /** Id of the event that led to this one. */
  readonly causationid?: string
  /** The operation that this is a part of. */
  readonly operationid?: string
  /** Of a fact with an `operationid`: whether another operation could have caused it as well. */
  readonly attribution?: 'unique' | 'ambiguous'
  readonly data: RoomEvent['data']
}

/** `OwnerChanged` → `room-ledger.OwnerChanged`. */
export const cloudEventType = (type: string): string => `room-ledger.${type}`

/** @param recorded an event of a room stream @param cursor of this very event */
export const toCloudEvent = (recorded: RecordedEvent, cursor: string): CloudEvent => {
  const event = upcast(recorded as unknown as RoomEvent)
  const metadata: RoomEventMetadata = event.metadata
  const operationId = 'operationId' in event.data ? event.data.operationId : metadata.operationId
  const subject = recorded.stream.slice(roomPrefix.length)
  return {
    specversion: '1.0',
    id: event.id,
    source: `/sdk-apps/${metadata.sdkAppId}`,
    type: cloudEventType(event.type),
    subject,
    time: metadata.occurredAt,
    datacontenttype: 'application/json',
    dataschema: `/schemas/${event.type}/${metadata.schema}`,
    cursor,
    recordedtime: metadata.recordedAt,
    revision: event.revision,
    ...(metadata.life !== undefined && { life: metadata.life }),
    origin: metadata.source,
    timesource: metadata.timeSource,
    // What others write into a room's stream, straight into EventStoreDB, must not end the feed for all.
    authtype: authTypes[metadata.actor?.kind] ?? 'system',
    authid: metadata.actor?.id ?? 'unknown',
    partitionkey: subject,
    ...(metadata.$correlationId !== undefined && { correlationid: metadata.$correlationId }),
    ...(metadata.$causationId !== undefined && { causationid: metadata.$causationId }),
    ...(operationId !== undefined && { operationid: operationId }),
    ...(metadata.attribution !== undefined && { attribution: metadata.attribution }),
    data: event.data,
  }
}
