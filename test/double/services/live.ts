import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js'
import type { LogRecord } from '../log/record.js'
import type { Failure } from '../wire/failures.js'
import { failures } from '../wire/failures.js'
import type { Node } from './node.js'
import { endOf } from './node.js'
import type { Outlet } from './outlet.js'

export const tooSlow = (): Failure => failures.timeout('Consumer too slow to handle event while live. Client resubscription required.')

/**
 * Hands on what is committed from now on. A reader that lets more than the buffer wait is dropped, as the server does it.
 *
 * @param next index in the log from which on
 * @param toResponses what one record means to this subscriber
 * @throws Failure with which the subscription ends
 */
export const goLive = async (
  node: Node,
  outlet: Outlet,
  next: number,
  toResponses: (record: LogRecord) => readonly ReadResp[],
): Promise<void> => {
  const waiting: ReadResp[] = []
  const over = Promise.withResolvers<void>()
  let at = next
  let sending = false

  const send = async (): Promise<void> => {
    if (sending) return
    sending = true
    while (waiting.length > 0 && !outlet.gone) await outlet.send(waiting.shift()!)
    sending = false
  }
  const take = () => {
    try {
      for (; at < node.log.records.length; at += 1) waiting.push(...toResponses(node.log.records[at]!))
    } catch (error) {
      over.reject(endOf(error))
    }
    void send()
    if (waiting.length > node.liveBuffer) over.reject(tooSlow())
  }
  const drop = (why: Failure) => over.reject(why)
  const leave = () => over.resolve()
  const end = node.log.onCommit(take)
  node.live.add(drop)
  outlet.signal.addEventListener('abort', leave)
  if (outlet.gone) leave()
  take()
  try {
    await over.promise
  } finally {
    end()
    node.live.delete(drop)
  }
}
