import type { sendUnaryData, ServerReadableStream } from '@grpc/grpc-js'
import type { AppendReq, AppendResp as Response } from '@eventstore/db-client/generated/streams_pb.js'
import type { Expected } from '../log/check-append.js'
import type { Written } from '../log/log.js'
import type { Proposed } from '../log/record.js'
import { expectedOf, maxAppendSize, nameOf, proposedOf, sizeOf } from '../wire/append-request.js'
import { failures } from '../wire/failures.js'
import { shared, streams } from '../wire/generated.js'
import { at } from '../wire/to-wire.js'
import type { Node } from './node.js'
import { answer } from './node.js'

const { AppendResp } = streams

/** One append a call: first whom it concerns, then event by event. */
export const append = (node: Node) => (call: ServerReadableStream<AppendReq, Response>, callback: sendUnaryData<Response>) => {
  const requests: AppendReq[] = []
  call.on('data', (request: AppendReq) => void requests.push(request))
  call.on('error', () => undefined)
  call.on('end', () => {
    void answer(node, call, 'append', callback, () => {
      const options = requests[0]?.getOptions()
      if (!options) throw failures.unknown('Exception was thrown by handler.')
      const stream = nameOf(options.getStreamIdentifier())
      node.access.check(call.metadata, stream, '$w')
      const expected = expectedOf(options, options.hasRevision() ? options.getRevision() : undefined)
      const events: Proposed[] = requests.slice(1).map((request) => proposedOf(request.getProposedMessage()!))
      if (sizeOf(events) > maxAppendSize) throw failures.maximumAppendSize(maxAppendSize)
      return toResponse(stream, expected, node.log.append(stream, events, expected))
    })
  })
}

const toResponse = (stream: string, expected: Expected, written: Written): Response => {
  if (written.kind === 'deleted') throw failures.streamDeleted(stream)
  const response = new AppendResp()
  if (written.kind === 'wrong') {
    const wrong = new AppendResp.WrongExpectedVersion()
    if (expected === 'any') wrong.setExpectedAny(new shared.Empty())
    else if (expected === 'streamExists') wrong.setExpectedStreamExists(new shared.Empty())
    else if (expected === 'noStream') wrong.setExpectedNoStream(new shared.Empty())
    else wrong.setExpectedRevision(String(expected))
    if (written.actual < 0) wrong.setCurrentNoStream(new shared.Empty())
    else wrong.setCurrentRevision(String(written.actual))
    response.setWrongExpectedVersion(wrong)
    return response
  }
  const success = new AppendResp.Success()
  if (written.revision < 0) success.setNoStream(new shared.Empty())
  else success.setCurrentRevision(String(written.revision))
  if (written.position < 0n) success.setNoPosition(new shared.Empty())
  else success.setPosition(at(written.position, new AppendResp.Position()))
  response.setSuccess(success)
  return response
}
