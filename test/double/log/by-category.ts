import { randomUUID } from 'node:crypto'
import type { Log } from './log.js'
import type { LogRecord } from './record.js'
import { isTombstone, tombstoneRevision } from './record.js'
import { deletedMark, isMetastream, originalOf, parseMetadata } from './stream-metadata.js'

/** How long the server's `$by_category` takes for a link to stand, in milliseconds. */
const lag = 3

/** `room` of `room-1`; nothing for streams without a dash and for those of the server itself. */
export const categoryOf = (stream: string): string | undefined => {
  const dash = stream.indexOf('-')
  return dash > 0 && !stream.startsWith('$') ? stream.slice(0, dash) : undefined
}

/**
 * Links every event of `room-1` into `$ce-room`, a little later, as the server's projection `$by_category` does.
 *
 * @param runs whether that projection is running just now
 * @returns what ends it
 */
export const linkByCategory = (log: Log, runs: () => boolean): (() => void) => {
  let done = 0
  let timer: NodeJS.Timeout | undefined
  const link = () => {
    timer = undefined
    // Links are commits too: what is written here is looked at once more, and passed over.
    for (; runs() && done < log.records.length; done += 1) linkOne(log, log.records[done]!)
  }
  const end = log.onCommit(() => (timer ??= setTimeout(link, lag)))
  return () => {
    clearTimeout(timer)
    end()
  }
}

const linkOne = (log: Log, record: LogRecord): void => {
  const deleted = isTombstone(record) || isSoftDeletion(record)
  const stream = isSoftDeletion(record) ? originalOf(record.stream) : record.stream
  const category = categoryOf(stream)
  if (category === undefined) return
  const revision = isTombstone(record) ? tombstoneRevision : record.revision
  const target = record.type === '$>' ? Buffer.from(record.data).toString('utf8') : `${revision}@${record.stream}`
  const position = Number(record.position)
  const metadata = {
    $v: '3:-1:1:4',
    $c: position,
    $p: position,
    ...(deleted && { $deleted: -1 }),
    $o: stream,
    $causedBy: record.id,
  }
  const event = { id: randomUUID(), type: '$>', isJson: false, data: Buffer.from(target), metadata: Buffer.from(JSON.stringify(metadata)) }
  log.append(`$ce-${category}`, [event], 'any')
}

const isSoftDeletion = (record: LogRecord): boolean =>
  record.type === '$metadata' && isMetastream(record.stream) && parseMetadata(record).truncateBefore === deletedMark
