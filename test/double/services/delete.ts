import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js'
import type { DeleteReq, DeleteResp, TombstoneReq, TombstoneResp } from '@eventstore/db-client/generated/streams_pb.js'
import type { Expected } from '../log/check-append.js'
import type { Deleted } from '../log/log.js'
import { expectedOf, nameOf, numberOf } from '../wire/append-request.js'
import { failures } from '../wire/failures.js'
import { streams } from '../wire/generated.js'
import { at } from '../wire/to-wire.js'
import type { Call, Node } from './node.js'
import { answer } from './node.js'

type Options = DeleteReq.Options | TombstoneReq.Options

const perform = (node: Node, call: Call, options: Options | undefined, hard: boolean): bigint => {
  if (!options) throw failures.invalid('options are missing')
  const stream = nameOf(options.getStreamIdentifier())
  node.access.check(call.metadata, stream, '$d')
  const expected: Expected = expectedOf(options, options.hasRevision() ? options.getRevision() : undefined)
  const deleted: Deleted = hard ? node.log.tombstone(stream, expected) : node.log.delete(stream, expected)
  if (deleted.kind === 'deleted') throw failures.streamDeleted(stream)
  if (deleted.kind === 'wrong') throw failures.wrongExpectedVersion('Delete', stream, numberOf(expected), deleted.actual)
  return deleted.position
}

/** Soft delete: the stream is missing to readers and may begin again where its numbers left off. */
export const deleteStream = (node: Node) => (call: ServerUnaryCall<DeleteReq, DeleteResp>, callback: sendUnaryData<DeleteResp>) =>
  void answer(node, call, 'delete', callback, () => {
    const position = perform(node, call, call.request.getOptions(), false)
    const response = new streams.DeleteResp()
    response.setPosition(at(position, new streams.DeleteResp.Position()))
    return response
  })

/** For good: nobody reads, writes or deletes this name any more. */
export const tombstone = (node: Node) => (call: ServerUnaryCall<TombstoneReq, TombstoneResp>, callback: sendUnaryData<TombstoneResp>) =>
  void answer(node, call, 'delete', callback, () => {
    const position = perform(node, call, call.request.getOptions(), true)
    const response = new streams.TombstoneResp()
    response.setPosition(at(position, new streams.TombstoneResp.Position()))
    return response
  })
