import { StoreUnavailable } from '#event-store'

/** SQLite result codes that say that the disk, or whoever else holds the file, is in the way: https://sqlite.org/rescode.html */
const unavailable = new Map([
  [5, 'the file is locked by another program'],
  [6, 'the file is locked'],
  [7, 'out of memory'],
  [8, 'the file is read-only'],
  [10, 'the disk reports an error'],
  [11, 'the file is damaged'],
  [13, 'the disk is full'],
  [14, 'the file cannot be opened'],
])

interface SqliteError extends Error {
  /** Extended result code: the primary one is its lowest byte. */
  readonly errcode: number
}

export const isSqliteError = (error: unknown): error is SqliteError =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'

export const primaryCode = (error: unknown): number | undefined => (isSqliteError(error) ? error.errcode & 0xff : undefined)

/** The error as the port promises it: trouble with the disk is `StoreUnavailable`, anything else a defect as it was thrown. */
export const asPortError = (error: unknown): unknown => {
  const reason = unavailable.get(primaryCode(error) ?? -1)
  return reason ? new StoreUnavailable(`SQLite store: ${reason}`, { cause: error }) : error
}
