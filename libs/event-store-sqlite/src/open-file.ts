import { closeSync, fsyncSync, mkdirSync, openSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { inspectFile } from './inspect-file.js'
import { lockFile } from './lock-file.js'
import { StoreFileRefused } from './refused.js'
import { applicationId, formatVersion, schema } from './schema.js'
import { isSqliteError } from './sqlite-error.js'

export interface StoreFile {
  readonly db: DatabaseSync
  close(): void
}

/**
 * Opens the file for this process alone; makes it, and its directory, when there is none.
 *
 * @throws StoreFileRefused the file is left untouched
 */
export const openFile = (path: string): StoreFile => {
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true })
    return openLocked(realPath(resolve(path)))
  } catch (error) {
    if (error instanceof StoreFileRefused || !(isSqliteError(error) || isFileSystemError(error))) throw error
    throw new StoreFileRefused('inaccessible', `${path} cannot be opened: ${error.message}`, { cause: error })
  }
}

const openLocked = (path: string): StoreFile => {
  inspectFile(path)
  const lock = lockFile(path)
  try {
    // Looked at again: before the lock was ours, another process may have made it.
    if (inspectFile(path) === 'absent') createFile(path)
    const db = connect(path)
    return {
      db,
      close: () => {
        try {
          db.close()
        } finally {
          lock.release()
        }
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Made whole under another name first: a crash leaves either no store or a complete one. */
const createFile = (path: string): void => {
  const draft = `${path}-new`
  for (const leftover of [draft, `${draft}-journal`]) rmSync(leftover, { force: true })
  const db = new DatabaseSync(draft)
  try {
    db.exec(
      `PRAGMA synchronous = FULL; BEGIN; PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${formatVersion}; ${schema} COMMIT`,
    )
  } finally {
    db.close()
  }
  renameSync(draft, path)
  syncDirectory(dirname(path))
}

/** The new name itself must survive a power cut. Windows neither needs nor knows it. */
const syncDirectory = (path: string): void => {
  if (process.platform === 'win32') return
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

const connect = (path: string): DatabaseSync => {
  // A short wait only: it would stop the whole process.
  const db = new DatabaseSync(path, { timeout: 100 })
  try {
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA journal_size_limit = ${64 * 1024 * 1024};
      PRAGMA cache_size = ${-32 * 1024};
      SELECT position FROM events LIMIT 1;
    `)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** One name for one file, so that two ways to it meet at the same lock. */
const realPath = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

const isFileSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'syscall' in error
