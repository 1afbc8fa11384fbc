import shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { BatchAppendReq as Request } from '@eventstore/db-client/generated/streams_pb.js'
import type { EventToAppend, ExpectedRevision } from '#event-store'

const { BatchAppendReq } = streams
/** Bytes that one message carries before the next is begun; the server takes 16 MiB. */
const messageSize = 1_048_576

/** One append as messages of a shared call, told apart from others by its correlation id. */
export const appendRequests = (
  correlationId: string,
  stream: string,
  events: readonly EventToAppend[],
  expected: ExpectedRevision,
): Request[] => {
  const requests: Request[] = []
  let size = Infinity
  for (const event of events) {
    const data = Buffer.from(JSON.stringify(event.data))
    const metadata = Buffer.from(JSON.stringify(event.metadata))
    size += data.length + metadata.length
    if (size > messageSize) {
      size = data.length + metadata.length
      requests.push(new BatchAppendReq().setCorrelationId(toUuid(correlationId)))
    }
    requests.at(-1)!.addProposedMessages(toMessage(event, data, metadata))
  }
  requests[0]!.setOptions(toOptions(stream, expected))
  requests.at(-1)!.setIsFinal(true)
  return requests
}

const toMessage = ({ id, type }: EventToAppend, data: Buffer, metadata: Buffer) => {
  const message = new BatchAppendReq.ProposedMessage().setId(toUuid(id)).setData(data).setCustomMetadata(metadata)
  message.getMetadataMap().set('type', type).set('content-type', 'application/json')
  return message
}

/** Without a deadline: it would be a moment by our clock that the server compares with its own. */
const toOptions = (stream: string, expected: ExpectedRevision) => {
  const identifier = new shared.StreamIdentifier().setStreamName(Buffer.from(stream))
  const options = new BatchAppendReq.Options().setStreamIdentifier(identifier)
  if (expected === 'any') return options.setAny(new shared.Empty())
  if (expected === 'noStream') return options.setNoStream(new shared.Empty())
  return expected === 'exists' ? options.setStreamExists(new shared.Empty()) : options.setStreamPosition(String(expected))
}

const toUuid = (id: string) => new shared.UUID().setString(id)
