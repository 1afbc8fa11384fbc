import { closeSync, fsyncSync, mkdirSync, openSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { assertNothingPromised, assertSound, type Patience } from './assert-sound.js'
import { openHead, type Head, type HeadFile } from './head-file.js'
import { inspectFile } from './inspect-file.js'
import { lockFile, type FileLock } from './lock-file.js'
import { StoreFileRefused } from './refused.js'
import { applicationId, formatVersion, schema } from './schema.js'
import type { Inspecting } from './soundness.js'
import { isSqliteError } from './sqlite-error.js'
import { upgradeFile } from './upgrade-file.js'

export interface StoreFile {
  readonly db: DatabaseSync
  readonly head: HeadFile
  /** The search for damage that goes on while the store is at work already: what it has found, or why it could not. */
  readonly flaw: Promise<string | undefined>
  close(): void
}

/**
 * Opens the file for this process alone; makes it, and its directory, when there is none. A file of an earlier format is
 * brought up to date.
 *
 * @throws StoreFileRefused the file is left untouched
 */
export const openFile = async (path: string, patience?: Patience): Promise<StoreFile> => {
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true })
    return await openLocked(realPath(resolve(path)), patience)
  } catch (error) {
    if (error instanceof StoreFileRefused || !(isSqliteError(error) || isFileSystemError(error))) throw error
    throw new StoreFileRefused('inaccessible', `${path} cannot be opened: ${error.message}`, { cause: error })
  }
}

const openLocked = async (path: string, patience: Patience | undefined): Promise<StoreFile> => {
  inspectFile(path)
  const lock = lockFile(path)
  try {
    // Looked at again: before the lock was ours, another process may have made it.
    const format = inspectFile(path)
    const inspecting = format === 'absent' ? makeFile(path) : await assertSound(path, format, patience)
    return keep(path, lock, inspecting)
  } catch (error) {
    lock.release()
    throw error
  }
}

const makeFile = (path: string): undefined => {
  assertNothingPromised(path)
  createFile(path)
}

const keep = (path: string, lock: FileLock, inspecting: Inspecting | undefined): StoreFile => {
  const db = connect(path)
  try {
    const head = openHead(path, headOf(db))
    return {
      db,
      head,
      flaw: inspecting?.flaw ?? Promise.resolve(undefined),
      close: () => {
        try {
          inspecting?.end()
          db.close()
        } finally {
          head.close()
          lock.release()
        }
      },
    }
  } catch (error) {
    db.close()
    throw error
  }
}

const headOf = (db: DatabaseSync): Head => {
  const { position = 0, checksum = 0 } = db.prepare('SELECT position, checksum FROM events ORDER BY position DESC LIMIT 1').get() ?? {}
  return { position: Number(position), checksum: Number(checksum) }
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
    `)
    if (Number(db.prepare('PRAGMA user_version').get()?.['user_version']) < formatVersion) upgradeFile(db)
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
