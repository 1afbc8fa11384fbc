import { randomUUID } from 'node:crypto'
import { setImmediate as breathe, setTimeout as delay } from 'node:timers/promises'
import type { LogRecord } from '../log/record.js'
import { isTombstone } from '../log/record.js'
import { indexAt, resolve, viewStream } from '../log/read-log.js'
import { failures } from '../wire/failures.js'
import type { ReadRequest } from '../wire/read-request.js'
import { page } from '../wire/read-request.js'
import { toCheckpoint, toConfirmation, toReadEvent } from '../wire/to-wire.js'
import { goLive } from './live.js'
import type { Node } from './node.js'
import type { Outlet } from './outlet.js'

/** Milliseconds after which the server looks again whether a stream has come into being. */
const lookAgain = 50

/** Catches up page by page, at the reader's pace, then goes on live; ends only with an error or with its reader. */
export const subscribe = async (node: Node, outlet: Outlet, request: ReadRequest): Promise<void> => {
  await outlet.send(toConfirmation(randomUUID()))
  if (request.stream === undefined) await subscribeToAll(node, outlet, request)
  else await subscribeToStream(node, outlet, request, request.stream)
}

const subscribeToAll = async (node: Node, outlet: Outlet, { from, filter, resolveLinks }: ReadRequest): Promise<void> => {
  const { records } = node.log
  // A position that no event stands at makes the server skip the one behind it.
  let next = from === 'start' ? 0 : from === 'end' ? records.length : indexAt(records, from) + 1
  let looked = 0
  const toResponse = (record: LogRecord) => toReadEvent(resolveLinks ? resolve(node.log, record) : { event: record })
  while (next < records.length && !outlet.gone) {
    let reached = records[next]!.position
    let taken = 0
    for (let window = 0; window < (filter?.window ?? page) && taken < page && next < records.length; window += 1, next += 1) {
      const record = records[next]!
      looked += 1
      if (filter && !filter.matches(record)) continue
      taken += 1
      reached = record.position
      await outlet.send(toResponse(record))
    }
    if (filter && next < records.length && looked >= filter.checkpointEvery) {
      looked %= filter.checkpointEvery
      await outlet.send(toCheckpoint(reached))
    }
    await breathe()
  }
  await goLive(node, outlet, next, (record) => {
    if (!filter) return [toResponse(record)]
    const responses = filter.matches(record) ? [toResponse(record)] : []
    looked += 1
    if (looked < filter.checkpointEvery) return responses
    looked = 0
    return [...responses, toCheckpoint(record.position)]
  })
}

const subscribeToStream = async (node: Node, outlet: Outlet, request: ReadRequest, stream: string): Promise<void> => {
  const toResponse = (record: LogRecord) => toReadEvent(request.resolveLinks ? resolve(node.log, record) : { event: record })
  const send = (record: LogRecord) => outlet.send(toResponse(record))
  const { next, index } =
    request.from === 'end' ? { next: 0, index: node.log.records.length } : await catchUp(node, outlet, request, stream, send)
  await goLive(node, outlet, index, (record) => {
    if (record.stream !== stream) return []
    if (isTombstone(record)) throw failures.streamDeleted(stream)
    return record.revision < next ? [] : [toResponse(record)]
  })
}

/** @returns the revision behind the last that was sent, and where the log ended at that very moment */
const catchUp = async (
  node: Node,
  outlet: Outlet,
  { from }: ReadRequest,
  stream: string,
  send: (record: LogRecord) => Promise<void>,
): Promise<{ readonly next: number; readonly index: number }> => {
  let next = typeof from === 'bigint' ? Number(from) + 1 : 0
  while (!outlet.gone) {
    const view = viewStream(node.log, stream)
    if (view.kind === 'deleted') throw failures.streamDeleted(stream)
    if (view.kind === 'missing') {
      await delay(lookAgain, undefined, { signal: outlet.signal }).catch(() => undefined)
      continue
    }
    next = Math.max(next, view.first)
    if (next > view.head) break
    for (const record of view.records.slice(next, next + page)) await send(record)
    next = Math.min(next + page, view.head + 1)
    await breathe()
  }
  return { next, index: node.log.records.length }
}
