/** One event as it stands in the log. */
export interface LogRecord {
  /** Commit and prepare position are the same number, as they are on a server without explicit transactions. */
  readonly position: bigint
  readonly stream: string
  readonly revision: number
  readonly id: string
  readonly type: string
  readonly isJson: boolean
  readonly data: Uint8Array
  readonly metadata: Uint8Array
  /** Unix milliseconds. */
  readonly created: number
}

/** What a writer proposes. */
export type Proposed = Pick<LogRecord, 'id' | 'type' | 'isJson' | 'data' | 'metadata'>

/** The revision that the server gives a tombstone: the greatest number it has. */
export const tombstoneRevision = 9_223_372_036_854_775_807n

export const isTombstone = ({ type }: LogRecord): boolean => type === '$streamDeleted'
