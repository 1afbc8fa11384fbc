import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { JsonObject, RecordedEvent } from '#event-store'

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
    streamPage: (stream, direction, from, limit) =>
      takePage((direction === 'forwards' ? forwards : backwards).iterate(stream, from, Math.min(limit, rowsAPage))),
    logPage: (after, end, prefixes, limit) => {
      const last = Math.min(end, Math.max(after, 0) + positionsAPage)
      const { events, more } = takePage(log(prefixes?.length).iterate(after, last, ...(prefixes ?? []), Math.min(limit, rowsAPage)))
      return { events, position: more ? Number(events.at(-1)!.position) : last }
    },
  }
}

const columns = 'SELECT position, stream, revision, id, type, data, metadata FROM events'

/** `instr` compares characters, not patterns: a prefix may hold any. */
const logStatements = (db: DatabaseSync): ((prefixes: number | undefined) => StatementSync) => {
  const prepared = new Map<number | undefined, StatementSync>()
  return (prefixes) => {
    const known = prepared.get(prefixes)
    if (known) return known
    const wanted = prefixes === undefined ? 'true' : Array.from({ length: prefixes }, () => 'instr(stream, ?) = 1').join(' OR ') || 'false'
    const statement = db.prepare(`${columns} WHERE position > ? AND position <= ? AND (${wanted}) ORDER BY position LIMIT ?`)
    prepared.set(prefixes, statement)
    return statement
  }
}

type Row = Record<string, SQLOutputValue>

const takePage = (rows: Iterable<Row>): StreamPage => {
  const events: RecordedEvent[] = []
  let characters = 0
  for (const row of rows) {
    const data = String(row['data'])
    const metadata = String(row['metadata'])
    events.push(toEvent(row, data, metadata))
    characters += data.length + metadata.length
    if (characters > charactersAPage) return { events, more: true }
  }
  return { events, more: events.length === rowsAPage }
}

const toEvent = (row: Row, data: string, metadata: string): RecordedEvent => ({
  id: String(row['id']),
  type: String(row['type']),
  data: JSON.parse(data) as JsonObject,
  metadata: JSON.parse(metadata) as JsonObject,
  stream: String(row['stream']),
  revision: Number(row['revision']),
  position: BigInt(Number(row['position'])),
})
