import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js'
import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js'
import type { LogRecord } from '../log/record.js'
import { isTombstone, tombstoneRevision } from '../log/record.js'
import type { Resolved } from '../log/read-log.js'
import { original } from '../log/read-log.js'
import { shared, streams } from './generated.js'

const { ReadEvent, SubscriptionConfirmation, Checkpoint, StreamNotFound } = streams.ReadResp

export const toUuid = (id: string): UUID => {
  const uuid = new shared.UUID()
  uuid.setString(id)
  return uuid
}

export const toIdentifier = (name: string): StreamIdentifier => {
  const identifier = new shared.StreamIdentifier()
  identifier.setStreamName(Buffer.from(name, 'utf8'))
  return identifier
}

interface Positioned {
  setCommitPosition(value: string): void
  setPreparePosition(value: string): void
}

/** Of a position in the log the double knows one number; the protocol has two. */
export const at = <T extends Positioned>(position: bigint, message: T): T => {
  message.setCommitPosition(String(position))
  message.setPreparePosition(String(position))
  return message
}

/** The server counts time in units of 100 nanoseconds. */
const ticksAMillisecond = 10_000n

const toRecordedEvent = (record: LogRecord): InstanceType<typeof ReadEvent.RecordedEvent> => {
  const event = at(record.position, new ReadEvent.RecordedEvent())
  event.setId(toUuid(record.id))
  event.setStreamIdentifier(toIdentifier(record.stream))
  event.setStreamRevision(isTombstone(record) ? String(tombstoneRevision) : String(record.revision))
  const about = event.getMetadataMap()
  about.set('type', record.type)
  about.set('created', String(BigInt(record.created) * ticksAMillisecond))
  about.set('content-type', record.isJson ? 'application/json' : 'application/octet-stream')
  event.setData(record.data)
  event.setCustomMetadata(record.metadata)
  return event
}

export const toReadEvent = (resolved: Resolved): ReadResp => {
  const event = new ReadEvent()
  if (resolved.event) event.setEvent(toRecordedEvent(resolved.event))
  if (resolved.link) event.setLink(toRecordedEvent(resolved.link))
  event.setCommitPosition(String(original(resolved).position))
  const response = new streams.ReadResp()
  response.setEvent(event)
  return response
}

export const toConfirmation = (id: string): ReadResp => {
  const confirmation = new SubscriptionConfirmation()
  confirmation.setSubscriptionId(id)
  const response = new streams.ReadResp()
  response.setConfirmation(confirmation)
  return response
}

export const toCheckpoint = (position: bigint): ReadResp => {
  const response = new streams.ReadResp()
  response.setCheckpoint(at(position, new Checkpoint()))
  return response
}

export const toStreamNotFound = (name: string): ReadResp => {
  const notFound = new StreamNotFound()
  notFound.setStreamIdentifier(toIdentifier(name))
  const response = new streams.ReadResp()
  response.setStreamNotFound(notFound)
  return response
}
