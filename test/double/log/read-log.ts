import type { Log } from './log.js'
import type { LogRecord } from './record.js'
import { deletedMark, firstVisible } from './stream-metadata.js'

/** An event as a reader gets it: itself, or a link with what it points at (nothing where that is gone). */
export interface Resolved {
  readonly event?: LogRecord
  readonly link?: LogRecord
}

/** The record that the reader asked for: the link where there is one. */
export const original = ({ event, link }: Resolved): LogRecord => link ?? event!

/** A stream as a reader may see it. */
export type StreamView =
  | { readonly kind: 'missing' }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'there'; readonly first: number; readonly head: number; readonly records: readonly LogRecord[] }

export const viewStream = (log: Log, name: string): StreamView => {
  if (log.isTombstoned(name)) return { kind: 'deleted' }
  const records = log.stream(name)
  const metadata = log.metadata(name)
  if (records.length === 0 || metadata.truncateBefore === deletedMark) return { kind: 'missing' }
  const head = records.length - 1
  const first = firstVisible(metadata, head)
  if (metadata.maxAge === undefined) return { kind: 'there', first, head, records }
  const oldest = Date.now() - metadata.maxAge * 1_000
  const young = records.findIndex(({ created, revision }) => revision >= first && created >= oldest)
  return { kind: 'there', first: young < 0 ? head + 1 : young, head, records }
}

/** Follows a `$>` link (`N@stream`); everything else is given as it is. */
export const resolve = (log: Log, record: LogRecord): Resolved => {
  if (record.type !== '$>') return { event: record }
  const [, revision, stream] = /^(\d+)@([^]*)$/.exec(Buffer.from(record.data).toString('utf8')) ?? []
  if (revision === undefined || stream === undefined) return { event: record }
  const view = viewStream(log, stream)
  const target = view.kind === 'there' && Number(revision) >= view.first ? view.records[Number(revision)] : undefined
  return target ? { event: target, link: record } : { link: record }
}

/** Index of the first record at or behind a position. */
export const indexAt = (records: readonly LogRecord[], position: bigint): number => {
  let low = 0
  let high = records.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (records[middle]!.position < position) low = middle + 1
    else high = middle
  }
  return low
}
