import any from 'google-protobuf/google/protobuf/any_pb.js'
import empty from 'google-protobuf/google/protobuf/empty_pb.js'
import type { Message } from 'google-protobuf'
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import type { Expected } from '../log/check-append.js'
import type { Written } from '../log/log.js'
import { maxAppendSize } from './append-request.js'
import { shared, status, streams } from './generated.js'
import { at, toIdentifier } from './to-wire.js'

const failed = (code: number, name: string, details: Message): BatchAppendResp => {
  const packed = new any.Any()
  packed.pack(details.serializeBinary(), `event_store.client.${name}`)
  const error = new status.Status()
  error.setCode(code)
  error.setMessage(name)
  error.setDetails(packed)
  const response = new streams.BatchAppendResp()
  response.setError(error)
  return response
}

const wrong = (expected: Expected, actual: number): BatchAppendResp => {
  const details = new shared.WrongExpectedVersion()
  if (expected === 'any') details.setExpectedAny(new empty.Empty())
  else if (expected === 'streamExists') details.setExpectedStreamExists(new empty.Empty())
  else if (expected === 'noStream') details.setExpectedNoStream(new empty.Empty())
  else details.setExpectedStreamPosition(String(expected))
  if (actual < 0) details.setCurrentNoStream(new empty.Empty())
  else details.setCurrentStreamRevision(String(actual))
  return failed(6, 'WrongExpectedVersion', details)
}

const succeeded = (revision: number, position: bigint): BatchAppendResp => {
  const success = new streams.BatchAppendResp.Success()
  if (revision < 0) success.setNoStream(new empty.Empty())
  else success.setCurrentRevision(String(revision))
  if (position < 0n) success.setNoPosition(new empty.Empty())
  else success.setPosition(at(position, new shared.AllStreamPosition()))
  const response = new streams.BatchAppendResp()
  response.setSuccess(success)
  return response
}

/** Answers within the batch call; each belongs to one append. */
export const batchAnswers = {
  of: (stream: string, expected: Expected, written: Written): BatchAppendResp => {
    if (written.kind === 'wrong') return wrong(expected, written.actual)
    if (written.kind === 'written') return succeeded(written.revision, written.position)
    const details = new shared.StreamDeleted()
    details.setStreamIdentifier(toIdentifier(stream))
    return failed(5, 'StreamDeleted', details)
  },
  tooLarge: (): BatchAppendResp => {
    const details = new shared.MaximumAppendSizeExceeded()
    details.setMaxappendsize(maxAppendSize)
    return failed(3, 'MaximumAppendSizeExceeded', details)
  },
  badRequest: (message: string): BatchAppendResp => {
    const details = new shared.BadRequest()
    details.setMessage(message)
    return failed(3, 'BadRequest', details)
  },
  denied: (): BatchAppendResp => failed(7, 'AccessDenied', new shared.AccessDenied()),
  late: (): BatchAppendResp => failed(4, 'Timeout', new shared.Timeout()),
}
