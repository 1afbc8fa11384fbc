import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js'
import type { AppendReq, BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js'
import type { Expected } from '../log/check-append.js'
import type { Proposed } from '../log/record.js'
import { failures } from './failures.js'

/** Bytes of data that one append may carry. */
export const maxAppendSize = 1_048_576

export const nameOf = (identifier: StreamIdentifier | undefined): string => {
  const name = Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8')
  if (name === '') throw failures.unknown('Exception was thrown by handler.')
  return name
}

export const idOf = (uuid: UUID | undefined): string => {
  const structured = uuid?.getStructured()
  if (!structured) return (uuid?.getString() ?? '').toLowerCase()
  const bits = (value: string) => BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, '0')
  const digits = bits(structured.getMostSignificantBits()) + bits(structured.getLeastSignificantBits())
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

interface Expecting {
  hasNoStream(): boolean
  hasStreamExists(): boolean
  hasAny(): boolean
}

export const expectedOf = (options: Expecting, revision: string | undefined): Expected => {
  if (revision !== undefined) return Number(revision)
  if (options.hasNoStream()) return 'noStream'
  return options.hasStreamExists() ? 'streamExists' : 'any'
}

/** The number by which the server's texts call an expectation. */
export const numberOf = (expected: Expected): string => {
  if (typeof expected === 'number') return String(expected)
  return { noStream: '-1', any: '-2', streamExists: '-4' }[expected]
}

type Message = AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage

export const proposedOf = (message: Message): Proposed => {
  const about = message.getMetadataMap()
  const type = about.get('type')
  const contentType = about.get('content-type')
  if (type === undefined || contentType === undefined) throw failures.invalid("Required Metadata Property 'type' is missing")
  return {
    id: idOf(message.getId()),
    type,
    isJson: contentType === 'application/json',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  }
}

/**
 * What counts towards the limit: the data alone. The server's own sum was meant to hold type and metadata too, but a
 * question of operator precedence left them out (22.10, `Event.SizeOnDisk`).
 */
export const sizeOf = (events: readonly Proposed[]): number => events.reduce((sum, { data }) => sum + data.length, 0)
