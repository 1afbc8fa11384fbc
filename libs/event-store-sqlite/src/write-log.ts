import type { DatabaseSync } from 'node:sqlite'
import type { AppendResult, EventToAppend, ExpectedRevision } from '#event-store'
import { judgeAppend } from '#event-store'
import type { Head } from './head-file.js'
import { checksumOf } from './soundness.js'

/** An append with its JSON made, so that what cannot be written down fails before it is in company. */
export interface PreparedAppend {
  readonly stream: string
  readonly expected: ExpectedRevision
  readonly rows: readonly { readonly id: string; readonly type: string; readonly data: string; readonly metadata: string }[]
}

export const prepareAppend = (stream: string, events: readonly EventToAppend[], expected: ExpectedRevision): PreparedAppend => ({
  stream,
  expected,
  rows: events.map(({ id, type, data, metadata }) => ({ id, type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) })),
})

export interface LogWriter {
  /** Judges and writes one append. Only inside a transaction, which makes the judgement hold until the write. */
  write(append: PreparedAppend): AppendResult
  begin(): void
  /** @returns the last event, where any was written */
  commit(): Head | undefined
  rollback(): void
}

export const createLogWriter = (db: DatabaseSync): LogWriter => {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const headOf = db.prepare('SELECT revision, position FROM events WHERE stream = ? ORDER BY revision DESC LIMIT 1')
  const positionOf = db.prepare('SELECT position FROM events WHERE stream = ? AND revision = ?')
  const revisionOf = db.prepare('SELECT revision FROM events WHERE stream = ? AND id = ?')
  const lastPosition = db.prepare('SELECT max(position) AS position FROM events')
  const insert = db.prepare(
    'INSERT INTO events (position, stream, revision, id, type, data, metadata, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  let position = 0
  let written: Head | undefined

  /** SQLite may have rolled back by itself, as it does when the disk is full. */
  const rollback = () => {
    if (db.isTransaction) db.exec('ROLLBACK')
  }

  return {
    write: ({ stream, expected, rows }) => {
      const last = headOf.get(stream)
      const head = asNumber(last?.['revision']) ?? -1
      const known = rows.map(({ id }) => (head < 0 ? undefined : asNumber(revisionOf.get(stream, id)?.['revision'])))
      const verdict = judgeAppend(expected, head, known)
      if (verdict.kind === 'conflict') return { ok: false, expected, actual: head }
      if (verdict.kind === 'idempotent') {
        const position = BigInt(asNumber(positionOf.get(stream, verdict.revision)?.['position'])!)
        return { ok: true, revision: verdict.revision, position, idempotent: true }
      }
      for (const [index, { id, type, data, metadata }] of rows.entries()) {
        const revision = head + 1 + index
        position += 1
        const checksum = checksumOf({ position, stream, revision, id, type, data, metadata })
        insert.run(position, stream, revision, id, type, data, metadata, checksum)
        written = { position, checksum }
      }
      const reached = rows.length > 0 ? position : (asNumber(last?.['position']) ?? -1)
      return { ok: true, revision: head + rows.length, position: BigInt(reached), idempotent: false }
    },
    begin: () => {
      rollback()
      begin.run()
      position = asNumber(lastPosition.get()?.['position']) ?? 0
      written = undefined
    },
    commit: () => {
      commit.run()
      return written
    },
    rollback,
  }
}

const asNumber = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
