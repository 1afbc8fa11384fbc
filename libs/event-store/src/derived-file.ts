import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { breakSeal, seal } from './seal.js'

/** What a file that is computed from the log holds. */
export interface DerivedTables {
  /** Grows with every change of the tables, or of what belongs into them: a file of another version is made anew. */
  readonly formatVersion: number
  /** SQL that makes them. */
  readonly tables: string
}

export interface DerivedFile {
  /**
   * Opens the file, or makes it anew when it is missing, damaged, not ours or of another version.
   *
   * @throws Error when another process has it open, or nothing can be written there
   */
  open(): DatabaseSync
  /** Deletes what is there and makes an empty file. */
  makeAnew(): DatabaseSync
  /**
   * Closes it in good order, so that the next start knows what it was.
   * @param sound false: what is in it is not to be believed at the next start without a long look
   */
  close(db: DatabaseSync, sound: boolean): void
}

/** How long a start waits for the process before it to let go of the file. It stops the whole process meanwhile. */
const lockWaitMs = 2000

/**
 * A SQLite file that one process keeps, and that can be computed from the log at any time: it is never the only copy of
 * anything.
 */
export const derivedFile = (file: string, { formatVersion, tables }: DerivedTables, log: (message: string) => void): DerivedFile => {
  const makeAnew = (): DatabaseSync => {
    for (const suffix of ['', '-wal', '-shm', '-journal', '-seal']) rmSync(file + suffix, { force: true })
    const db = connect(file)
    try {
      db.exec(`BEGIN; ${tables} PRAGMA user_version = ${formatVersion}; COMMIT`)
      return db
    } catch (error) {
      db.close()
      throw error
    }
  }

  const flawOf = (db: DatabaseSync, sealed: ReturnType<typeof breakSeal>): string | undefined => {
    if (sealed === 'altered') return 'was altered since it was closed'
    const version = db.prepare('PRAGMA user_version').get()?.['user_version']
    if (version !== formatVersion) return `has format ${String(version)}, not ${formatVersion}`
    if (tablesIn(db) !== intended(tables)) return 'has other tables than it should'
    if (sealed === 'whole') return undefined
    const check = String(db.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'])
    return check === 'ok' ? undefined : `is damaged (${check})`
  }

  const open = (): DatabaseSync => {
    mkdirSync(dirname(file), { recursive: true })
    if (!existsSync(file)) return makeAnew()
    let db: DatabaseSync | undefined
    try {
      // Locked first: the seal of a file that another process has open is not ours to break.
      db = connect(file)
      const flaw = flawOf(db, breakSeal(file))
      if (flaw === undefined) return db
      log(`${file} ${flaw}; it is rebuilt from the log`)
    } catch (error) {
      if (primaryCode(error) === busy)
        throw new Error(`${file} is in use by another process; each instance of the service needs a data directory of its own`, {
          cause: error,
        })
      log(`${file} cannot be read (${messageOf(error)}); it is rebuilt from the log`)
    }
    db?.close()
    return makeAnew()
  }

  return {
    open,
    makeAnew,
    close: (db, sound) => {
      db.close()
      if (sound) seal(file)
    },
  }
}

/** Runs `work` in one transaction. */
export const atOnce = (db: DatabaseSync, work: () => void): void => {
  db.exec('BEGIN')
  try {
    work()
    db.exec('COMMIT')
  } catch (error) {
    // SQLite has already rolled back after the worst failures.
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

const tablesIn = (db: DatabaseSync): string =>
  JSON.stringify(db.prepare('SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').all())

const intended = (tables: string): string => {
  const db = new DatabaseSync(':memory:')
  db.exec(tables)
  const names = tablesIn(db)
  db.close()
  return names
}

const connect = (file: string): DatabaseSync => {
  const db = new DatabaseSync(file, { timeout: lockWaitMs })
  try {
    // Two writers would each undo what the other knows better, so the file is kept locked.
    // Disposable: a power cut may cost the last rows together with their checkpoint, which are then read from the log again.
    db.exec(`
      PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      PRAGMA journal_size_limit = ${64 * 1024 * 1024}; PRAGMA cache_size = ${-64 * 1024}; PRAGMA user_version
    `)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

const busy = 5
const damages = [11, 26]

/** SQLite's result code without its details (sqlite.org/rescode.html); undefined for errors of other origin. */
const primaryCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined

/** The file is no longer what SQLite wrote. */
export const isDamage = (error: unknown): boolean => damages.includes(primaryCode(error) ?? 0)

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
