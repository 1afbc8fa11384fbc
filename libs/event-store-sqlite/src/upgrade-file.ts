import type { DatabaseSync } from 'node:sqlite'
import { addChecksums, formatVersion } from './schema.js'
import { checksumOf, type StoredRow } from './soundness.js'

const rowsASlice = 2_000

/**
 * Brings a file of format 1, which has been looked through, up to date: all of it in one transaction, so that a crash or a
 * full disk leaves it as it was. Some ten seconds for a million events, once; it needs as much space again meanwhile.
 */
export const upgradeFile = (db: DatabaseSync): void => {
  db.exec('BEGIN IMMEDIATE')
  try {
    db.exec(addChecksums)
    const slice = db.prepare(
      `SELECT position, stream, revision, id, type, data, metadata FROM events WHERE position > ? ORDER BY position LIMIT ${rowsASlice}`,
    )
    const set = db.prepare('UPDATE events SET checksum = ? WHERE position = ?')
    let rows: StoredRow[]
    for (let last = 0; (rows = slice.all(last) as unknown as StoredRow[]).length > 0; last = rows.at(-1)!.position)
      for (const row of rows) set.run(checksumOf(row), row.position)
    db.exec(`PRAGMA user_version = ${formatVersion}; COMMIT`)
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
