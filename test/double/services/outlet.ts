import { once } from 'node:events'
import type { ServerWritableStream } from '@grpc/grpc-js'
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js'
import type { Fault } from '../faults.js'
import { wait } from '../faults.js'
import type { Node } from './node.js'
import { breakOff } from './node.js'

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>

/** The way to one reader, no faster than it reads. */
export interface Outlet {
  /** True once nobody reads any more. */
  readonly gone: boolean
  /** Aborts when nobody reads any more. */
  readonly signal: AbortSignal
  /** Returns when the reader has room for more. */
  send(response: ReadResp): Promise<void>
}

export const createOutlet = (node: Node, call: ReadCall, fault: Fault | undefined): Outlet => {
  const gone = new AbortController()
  call.on('cancelled', () => gone.abort())
  call.on('close', () => gone.abort())
  call.on('error', () => gone.abort())
  let events = 0

  const misbehave = async (): Promise<void> => {
    if (fault?.kind === 'slow') await wait(fault)
    if (fault?.kind === 'break' && events >= (fault.after ?? 1)) {
      gone.abort()
      breakOff(node, call)
    }
    events += 1
  }
  return {
    get gone() {
      return gone.signal.aborted
    },
    signal: gone.signal,
    send: async (response) => {
      if (fault && response.hasEvent()) await misbehave()
      if (gone.signal.aborted || call.write(response)) return
      await once(call, 'drain', { signal: gone.signal }).catch(() => undefined)
    },
  }
}
