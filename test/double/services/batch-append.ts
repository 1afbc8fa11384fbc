import type { ServerDuplexStream } from '@grpc/grpc-js'
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import type { Proposed } from '../log/record.js'
import { expectedOf, idOf, maxAppendSize, proposedOf, sizeOf } from '../wire/append-request.js'
import { batchAnswers } from '../wire/batch-answer.js'
import { isFailure } from '../wire/failures.js'
import { toIdentifier } from '../wire/to-wire.js'
import type { Node } from './node.js'
import { after, before, endOf } from './node.js'

type Call = ServerDuplexStream<BatchAppendReq, BatchAppendResp>

interface Pending {
  readonly options: BatchAppendReq.Options
  readonly events: Proposed[]
}

/** Many appends down one call; each is told apart by its correlation id and may come in several pieces. */
export const batchAppend = (node: Node) => (call: Call) => {
  const pending = new Map<string, Pending>()
  let underWay = 0
  let ended = false
  const endWhenDone = () => {
    if (ended && underWay === 0) call.end()
  }
  call.on('error', () => undefined)
  call.on('end', () => {
    ended = true
    endWhenDone()
  })
  call.on('data', (request: BatchAppendReq) => {
    const id = idOf(request.getCorrelationId())
    const options = request.getOptions()
    const known = pending.get(id) ?? (options && { options, events: [] })
    if (!known) return
    pending.set(id, known)
    known.events.push(...request.getProposedMessagesList().map(proposedOf))
    const tooLarge = sizeOf(known.events) > maxAppendSize
    if (!tooLarge && !request.getIsFinal()) return
    pending.delete(id)
    underWay += 1
    void write(node, call, request, known, tooLarge).finally(() => {
      underWay -= 1
      endWhenDone()
    })
  })
}

const write = async (node: Node, call: Call, request: BatchAppendReq, { options, events }: Pending, tooLarge: boolean): Promise<void> => {
  const stream = Buffer.from(options.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8')
  const say = (response: BatchAppendResp) => {
    response.setCorrelationId(request.getCorrelationId())
    response.setStreamIdentifier(toIdentifier(stream))
    if (call.writable) call.write(response)
  }
  const fault = node.faults.take('append')
  try {
    await before(node, call, fault)
    if (stream === '') return say(batchAnswers.badRequest('Value cannot be null or empty.'))
    if (tooLarge) return say(batchAnswers.tooLarge())
    if (deadlineOf(options) <= Date.now()) return say(batchAnswers.late())
    const expected = expectedOf(options, options.hasStreamPosition() ? options.getStreamPosition() : undefined)
    if (!allowed(node, call, stream)) return say(batchAnswers.denied())
    const written = node.log.append(stream, events, expected)
    await after(node, call, fault)
    say(batchAnswers.of(stream, expected, written))
  } catch (error) {
    // As on the server: what is no answer to one append ends the whole call, and with it whatever else is pending.
    const failure = endOf(error)
    if (failure) call.emit('error', failure)
  }
}

const allowed = (node: Node, call: Call, stream: string): boolean => {
  try {
    node.access.check(call.metadata, stream, '$w')
    return true
  } catch (error) {
    if (isFailure(error)) return false
    throw error
  }
}

const deadlineOf = (options: BatchAppendReq.Options): number => options.getDeadline()?.toDate().getTime() ?? Infinity
