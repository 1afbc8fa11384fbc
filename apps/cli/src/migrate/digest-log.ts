import { createHash } from 'node:crypto'
import { stringify } from 'safe-stable-stringify'
import type { RecordedEvent } from '#event-store'

/** What a log comes to, whatever store it stands in. */
export interface LogDigest {
  readonly count: number
  /** SHA-256 over all events in order, hexadecimal. */
  readonly sha256: string
}

/**
 * One event as it is hashed: everything but its position, which each store counts in its own way. Keys are sorted, so
 * that two stores may write the same JSON differently. (RFC 8785 is not asked for here: it knows no lone surrogates, and
 * a vendor's text may hold one.)
 */
export const canonicalText = ({ stream, revision, id, type, data, metadata }: RecordedEvent): string =>
  stringify([stream, revision, id, type, data, metadata])!

/** @param passed called for each event */
export const digestLog = async (events: AsyncIterable<RecordedEvent>, passed: () => void): Promise<LogDigest> => {
  const hash = createHash('sha256')
  let count = 0
  for await (const event of events) {
    hash.update(`${canonicalText(event)}\n`)
    count += 1
    passed()
  }
  return { count, sha256: hash.digest('hex') }
}
