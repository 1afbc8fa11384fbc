import { randomUUID } from 'node:crypto'
import { unpackToCommandError } from '@eventstore/db-client/dist/streams/appendToStream/unpackError.js'
import { convertToCommandError } from '@eventstore/db-client/dist/utils/CommandError.js'
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js'
import type { BatchAppendResp as Answer } from '@eventstore/db-client/generated/streams_pb.js'
import type { EventToAppend, ExpectedRevision } from '#event-store'
import { appendRequests } from './append-request.js'
import type { Connection } from './connection.js'
import { Stalled } from './drain.js'
import { streamingCall } from './streaming-call.js'

export interface Appended {
  /** Of the last event. */
  readonly revision: number
  /** Of the last event; `undefined` where the server does not tell it: it had the events already. */
  readonly position: bigint | undefined
}

type Call = ReturnType<StreamsClient['batchAppend']>
interface Waiting {
  readonly resolve: (appended: Appended) => void
  readonly reject: (error: Error) => void
}

/** By correlation id. */
type Pending = Map<string, Waiting>

/** Milliseconds without an answer, after which the outcome is unknown. */
const patience = 5_000

/**
 * Sends appends down one call that stays open: it costs client and server a good part less than a call for each. The
 * client could do so by itself, but keeps what is pending of all its calls in one map for the whole process, and when
 * one of them breaks, an answer on another ends in an exception that nobody can catch. Here each call has its own.
 */
export const createAppendCall = (connection: Connection) => {
  const opened = new WeakMap<StreamsClient, Call>()
  const kept = new WeakMap<Call, { readonly pending: Pending; readonly leave: () => void }>()

  const open = (): Promise<Call> => {
    const create = streamingCall(
      connection.client,
      'append',
      (grpc, metadata, options) => {
        const call = grpc.batchAppend(metadata, options)
        const leave = () => {
          if (opened.get(grpc) === call) opened.delete(grpc)
          call.end()
        }
        kept.set(call, { pending: followAnswers(call), leave })
        return call
      },
      opened,
    )
    return create()
  }

  /**
   * Tried once.
   * @throws the client's own errors, also where the outcome is unknown
   */
  return async (stream: string, events: readonly EventToAppend[], expected: ExpectedRevision): Promise<Appended> => {
    const call = await open()
    const { pending, leave } = kept.get(call)!
    const correlationId = randomUUID()
    return new Promise<Appended>((resolve, reject) => {
      const timer = setTimeout(() => {
        // Whatever keeps this call silent may keep it so for ever: the next append opens another.
        leave()
        settle(pending, correlationId)?.reject(new Stalled('no answer in time'))
      }, patience)
      const done = () => clearTimeout(timer)
      pending.set(correlationId, {
        resolve: (appended) => (done(), resolve(appended)),
        reject: (error) => (done(), reject(error)),
      })
      for (const request of appendRequests(correlationId, stream, events, expected)) call.write(request)
    })
  }
}

const settle = (pending: Pending, correlationId: string): Waiting | undefined => {
  const found = pending.get(correlationId)
  pending.delete(correlationId)
  return found
}

const followAnswers = (call: Call): Pending => {
  const pending: Pending = new Map()
  const failAll = (error: Error) => {
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
  }
  call.on('data', (answer: Answer) => {
    const waiting = settle(pending, answer.getCorrelationId()?.getString() ?? '')
    const success = answer.getSuccess()
    if (success) {
      const position = success.getPosition()
      waiting?.resolve({
        revision: Number(success.getCurrentRevision()),
        position: position && BigInt(position.getCommitPosition()),
      })
      return
    }
    const stream = Buffer.from(answer.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8')
    waiting?.reject(unpackToCommandError(answer.getError()!, stream))
  })
  call.on('error', (error) => failAll(convertToCommandError(error)))
  // The server may end a call in good order.
  call.on('end', () => failAll(new Stalled('the call ended without an answer')))
  return pending
}
