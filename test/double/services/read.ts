import { setImmediate as breathe } from 'node:timers/promises'
import type { LogRecord } from '../log/record.js'
import { indexAt, resolve, viewStream } from '../log/read-log.js'
import { failures } from '../wire/failures.js'
import type { ReadRequest } from '../wire/read-request.js'
import { page, parseRead } from '../wire/read-request.js'
import { toReadEvent, toStreamNotFound } from '../wire/to-wire.js'
import type { Node } from './node.js'
import { after, before, endOf } from './node.js'
import type { Outlet, ReadCall } from './outlet.js'
import { createOutlet } from './outlet.js'
import { subscribe } from './subscribe.js'

/** Everything that is read: streams and the log, either way, to an end or live. */
export const read = (node: Node) => async (call: ReadCall) => {
  try {
    const request = parseRead(call.request)
    const fault = node.faults.take(request.live ? 'subscribe' : 'read')
    const outlet = createOutlet(node, call, fault)
    await before(node, call, fault)
    node.access.check(call.metadata, request.stream ?? '$all', '$r')
    if (request.live) await subscribe(node, outlet, request)
    else if (request.stream === undefined) await readAll(node, outlet, request)
    else await readStream(node, outlet, request, request.stream)
    await after(node, call, fault)
    if (!outlet.gone) call.end()
  } catch (error) {
    const failure = endOf(error)
    if (failure) call.emit('error', failure)
  }
}

const readStream = async (node: Node, outlet: Outlet, request: ReadRequest, stream: string): Promise<void> => {
  const { backwards, from, limit } = request
  const step = backwards ? -1 : 1
  if (limit === 0 || (from === 'end' && !backwards)) throw failures.unknown('Unexpected ReadStreamResult: Error')
  let next = from === 'start' ? 0 : from === 'end' ? Number.MAX_SAFE_INTEGER : Number(from)
  let left = limit
  // A page at a time, as the server does: what is written meanwhile is seen.
  while (left > 0 && !outlet.gone) {
    const view = viewStream(node.log, stream)
    if (view.kind === 'deleted') throw failures.streamDeleted(stream)
    if (view.kind === 'missing') return outlet.send(toStreamNotFound(stream))
    next = backwards ? Math.min(next, view.head) : Math.max(next, view.first)
    for (let taken = 0; taken < page && left > 0; taken += 1, left -= 1, next += step) {
      if (next < view.first || next > view.head || outlet.gone) return
      await sendRecord(node, outlet, request, view.records[next]!)
    }
    await breathe()
  }
}

const readAll = async (node: Node, outlet: Outlet, request: ReadRequest): Promise<void> => {
  const { records } = node.log
  const { backwards, from, limit, filter } = request
  const step = backwards ? -1 : 1
  const start = from === 'start' ? 0 : from === 'end' ? records.length : indexAt(records, from)
  let next = backwards ? start - 1 : start
  let left = limit
  for (let looked = 1; left > 0 && !outlet.gone; looked += 1, next += step) {
    const record = records[next]
    if (!record) return
    if (!filter || filter.matches(record)) {
      await sendRecord(node, outlet, request, record)
      left -= 1
    }
    if (looked % page === 0) await breathe()
  }
}

const sendRecord = (node: Node, outlet: Outlet, { resolveLinks }: ReadRequest, record: LogRecord): Promise<void> =>
  outlet.send(toReadEvent(resolveLinks ? resolve(node.log, record) : { event: record }))
