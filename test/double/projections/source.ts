import type { JsonObject, RecordedEvent } from '#event-store'
import type { QuerySource } from '../../../libs/projections/src/engine/query.js'
import type { Log } from '../log/log.js'
import { resolve } from '../log/read-log.js'
import type { LogRecord } from '../log/record.js'

/** An event as a projection is given it, with the server's text for the place where it stands. */
export interface Fed {
  readonly event: RecordedEvent
  /** `$ce-room: 12` in a category, `C:1200/P:1200` in the log. */
  readonly place: string
  /** What an event that is emitted because of it carries as `$s` or `$c` and `$p`. */
  readonly mark: JsonObject
}

/** Which record of the log means something to a projection: links of its categories, events of its streams, or all there is. */
export const feedFrom = (log: Log, source: QuerySource, record: LogRecord): Fed | undefined => {
  const { stream, revision, position } = record
  if (source.kind === 'all') {
    if (stream.startsWith('$') || record.type === '$>') return undefined
    const at = Number(position)
    return fed(record, `C:${at}/P:${at}`, { $c: at, $p: at })
  }
  const wanted = source.kind === 'streams' ? source.names : source.names.map((name) => `$ce-${name}`)
  if (!wanted.includes(stream)) return undefined
  const { event } = resolve(log, record)
  return event && fed(event, `${stream}: ${revision}`, { $s: { [stream]: revision } })
}

const fed = (record: LogRecord, place: string, mark: JsonObject): Fed | undefined => {
  const data = parse(record.data)
  if (!record.isJson || data === undefined) return undefined
  const { id, type, stream, revision, position } = record
  return { event: { id, type, stream, revision, position, data, metadata: parse(record.metadata) ?? {} }, place, mark }
}

const parse = (bytes: Uint8Array): JsonObject | undefined => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as JsonObject
  } catch {
    return undefined
  }
}
