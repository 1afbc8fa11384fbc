import { DatabaseSync } from 'node:sqlite'
import { StoreFileRefused } from './refused.js'
import { primaryCode } from './sqlite-error.js'

export interface FileLock {
  release(): void
}

/**
 * Makes this process the only one that keeps the store: an empty SQLite database beside it is held in an exclusive
 * transaction. The operating system lets go of it when the process ends, however it ends. The store's own file stays
 * unlocked, so that plain SQLite tools can read it all the while.
 *
 * @throws StoreFileRefused `inUse`
 */
export const lockFile = (path: string): FileLock => {
  // Never deleted: someone else might just then be taking the lock on the deleted file.
  const holder = new DatabaseSync(`${path}-lock`, { timeout: 0 })
  try {
    holder.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    holder.close()
    if (primaryCode(error) !== 5) throw error
    throw new StoreFileRefused(
      'inUse',
      `${path} is in use by another process: one service at a time keeps a SQLite store. Stop the service first, or name another file`,
      {
        cause: error,
      },
    )
  }
  return { release: () => holder.close() }
}
