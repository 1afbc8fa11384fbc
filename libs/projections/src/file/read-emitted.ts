import type { DatabaseSync } from 'node:sqlite'
import type { EmittedEvent, ReadEmittedOptions } from '../projections.js'

const pageSize = 500

/** Reads an emitted stream in pages, so that a long one neither fills the memory nor holds up the writer. */
export async function* readEmitted(db: DatabaseSync, stream: string, options: ReadEmittedOptions = {}): AsyncGenerator<EmittedEvent> {
  const { direction = 'forwards', limit = Infinity } = options
  const forwards = direction === 'forwards'
  const page = db.prepare(`
    SELECT e.stream, e.revision, e.id, e.type, e.data, e.metadata
    FROM emitted AS e JOIN projections AS p ON p.name = e.projection AND p.epoch = e.epoch
    WHERE e.stream = ? AND e.revision ${forwards ? '>=' : '<='} ?
    ORDER BY e.revision ${forwards ? 'ASC' : 'DESC'} LIMIT ?`)
  let next = options.from ?? (forwards ? 0 : Number.MAX_SAFE_INTEGER)
  for (let left = limit; left > 0;) {
    const rows = page.all(stream, next, Math.min(left, pageSize)) as unknown as Row[]
    for (const row of rows) yield { ...row, data: JSON.parse(row.data), metadata: JSON.parse(row.metadata) } as EmittedEvent
    if (rows.length < pageSize) return
    left -= rows.length
    next = rows.at(-1)!.revision + (forwards ? 1 : -1)
  }
}

interface Row {
  readonly stream: string
  readonly revision: number
  readonly id: string
  readonly type: string
  readonly data: string
  readonly metadata: string
}
