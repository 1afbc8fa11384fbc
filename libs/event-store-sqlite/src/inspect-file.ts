import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { damaged, StoreFileRefused } from './refused.js'
import { applicationId, formatVersion } from './schema.js'
import { primaryCode } from './sqlite-error.js'

interface Identity {
  readonly application: number
  readonly format: number
}

/**
 * Looks whether a file is ours to open, without changing a byte of it.
 *
 * @returns its format; `absent` when there is nothing yet (no file, or one without content)
 * @throws StoreFileRefused
 */
export const inspectFile = (path: string): 'absent' | number => {
  const size = sizeOf(path)
  const walSize = sizeOf(`${path}-wal`)
  if (!size && !walSize) return 'absent'
  // Opened, SQLite would delete the log beside it.
  if (!size) throw damaged(path, 'it is empty, but its write-ahead log is not')
  const { application, format } = walSize ? identityThroughSqlite(path) : identityInHeader(path)
  if (application !== applicationId) throw new StoreFileRefused('notOurs', `${path} is a SQLite database, but not one of Room Ledger`)
  if (format > formatVersion) {
    throw new StoreFileRefused(
      'newerFormat',
      `${path} was written by a newer release (format ${format}; this one reads up to ${formatVersion}). Run that release or a later one`,
    )
  }
  if (format < 1) throw damaged(path, `its header tells of format ${format}`)
  return format
}

const sizeOf = (path: string): number | undefined => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found && !found.isFile()) throw new StoreFileRefused('notADatabase', `${path} is not a file`)
  return found?.size
}

/** https://sqlite.org/fileformat.html#the_database_header */
const identityInHeader = (path: string): Identity => {
  const header = Buffer.alloc(100)
  const file = openSync(path, 'r')
  try {
    readSync(file, header, 0, 100, 0)
  } finally {
    closeSync(file)
  }
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') throw notADatabase(path)
  return { application: header.readInt32BE(68), format: header.readInt32BE(60) }
}

/** With a write-ahead log beside it, the header in the file itself may be out of date. Reading only, SQLite leaves both as they are. */
const identityThroughSqlite = (path: string): Identity => {
  try {
    using db = new DatabaseSync(path, { readOnly: true })
    const pragma = (name: string) => Number(db.prepare(`PRAGMA ${name}`).get()?.[name])
    return { application: pragma('application_id'), format: pragma('user_version') }
  } catch (error) {
    if (primaryCode(error) === 26) throw notADatabase(path, error)
    throw error
  }
}

const notADatabase = (path: string, cause?: unknown) => new StoreFileRefused('notADatabase', `${path} is not a SQLite database`, { cause })
