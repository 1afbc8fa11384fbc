import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { JsonObject, RecordedEvent } from '#event-store'
import { StoreUnavailable } from '#event-store'
import { checksumOf } from './soundness.js'

/** One page is read in one go, and stops the process for that long: so it is kept small, in rows and in bytes. */
const rowsAPage = 500
const charactersAPage = 2 * 1024 * 1024
/** How much of the log one page may look through for streams that are asked for. */
const positionsAPage = 5_000

export interface StreamPage {
  readonly events: readonly RecordedEvent[]
  /** There may be more behind it, though fewer than asked for were given. */
  readonly more: boolean
}

export interface LogPage {
  readonly events: readonly RecordedEvent[]
  /** Everything up to this position has been looked at. */
  readonly position: number
}

export interface LogReader {
  /** Position of the last event; -1 when there is none. */
  head(): number
  streamPage(stream: string, direction: 'forwards' | 'backwards', from: number, limit: number): StreamPage
  lastOf(prefixes: readonly string[]): RecordedEvent | undefined
  /** Looks through the log from `after` (exclusive) to `end` (inclusive), or a part of the way. */
  logPage(after: number, end: number, prefixes: readonly string[] | undefined, limit: number): LogPage
}

export const createLogReader = (db: DatabaseSync): LogReader => {
  const head = db.prepare('SELECT max(position) AS head FROM events')
  const forwards = db.prepare(`${columns} WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`)
  const backwards = db.prepare(`${columns} WHERE stream = ? AND revision <= ? ORDER BY revision DESC LIMIT ?`)
  const log = logStatements(db)

  return {
    head: () => Number(head.get()?.['head'] ?? -1),
    streamPage: (stream, direction, from, limit) => {
      const [statement, step] = direction === 'forwards' ? ([forwards, 1] as const) : ([backwards, -1] as const)
      const first = direction === 'forwards' ? from : undefined
      return takePage(
        statement.iterate(stream, from, Math.min(limit, rowsAPage)),
        ({ revision }, before) => revision === (before ? before.revision + step : (first ?? revision)),
      )
    },
    lastOf: (prefixes) => {
      const youngest = db.prepare(`${columns} WHERE ${anyOf(prefixes.length)} ORDER BY position DESC LIMIT 1`)
      return takePage(youngest.iterate(...prefixes), () => true).events[0]
    },
    logPage: (after, end, prefixes, limit) => {
      const last = Math.min(end, Math.max(after, 0) + positionsAPage)
      const { events, more } = takePage(
        log(prefixes?.length).iterate(after, last, ...(prefixes ?? []), Math.min(limit, rowsAPage)),
        ({ position }, before) => prefixes !== undefined || position === (before?.position ?? BigInt(Math.max(after, 0))) + 1n,
      )
      return { events, position: more ? Number(events.at(-1)!.position) : last }
    },
  }
}

/** `instr` compares characters, not patterns: a prefix may hold any. */
const anyOf = (prefixes: number): string => Array.from({ length: prefixes }, () => 'instr(stream, ?) = 1').join(' OR ') || 'false'

const columns = 'SELECT position, stream, revision, id, type, data, metadata, checksum FROM events'

const logStatements = (db: DatabaseSync): ((prefixes: number | undefined) => StatementSync) => {
  const prepared = new Map<number | undefined, StatementSync>()
  return (prefixes) => {
    const known = prepared.get(prefixes)
    if (known) return known
    const wanted = prefixes === undefined ? 'true' : anyOf(prefixes)
    const statement = db.prepare(`${columns} WHERE position > ? AND position <= ? AND (${wanted}) ORDER BY position LIMIT ?`)
    prepared.set(prefixes, statement)
    return statement
  }
}

type Row = Record<string, SQLOutputValue>

/** The file does not hold what was written: rather no answer than a wrong one. */
export class DamageFound extends StoreUnavailable {}

const takePage = (rows: Iterable<Row>, follows: (event: RecordedEvent, before: RecordedEvent | undefined) => boolean): StreamPage => {
  const events: RecordedEvent[] = []
  let characters = 0
  for (const row of rows) {
    const data = String(row['data'])
    const metadata = String(row['metadata'])
    const event = toEvent(row, data, metadata)
    if (!follows(event, events.at(-1))) throw new DamageFound(`SQLite store: events are missing before position ${event.position}`)
    events.push(event)
    characters += data.length + metadata.length
    if (characters > charactersAPage) return { events, more: true }
  }
  return { events, more: events.length === rowsAPage }
}

const toEvent = (row: Row, data: string, metadata: string): RecordedEvent => {
  const stored = {
    id: String(row['id']),
    type: String(row['type']),
    stream: String(row['stream']),
    revision: Number(row['revision']),
    position: Number(row['position']),
  }
  if (checksumOf({ ...stored, data, metadata }) !== row['checksum'])
    throw new DamageFound(`SQLite store: the event at position ${stored.position} is not as it was written`)
  return {
    ...stored,
    data: JSON.parse(data) as JsonObject,
    metadata: JSON.parse(metadata) as JsonObject,
    position: BigInt(stored.position),
  }
}
