export interface AuditLogStatus {
  /** Events under the tree. */
  readonly size: number
  /** Everything in the log up to here has been looked at. */
  readonly position: bigint
  readonly caughtUp: boolean
}

/**
 * The Merkle tree (RFC 6962) over the audited events in recorded order, kept in a file: it follows the log, can be made
 * anew from it, and is never the truth.
 */
export interface AuditLog {
  /** Begins to follow the log; a store that is away is asked again until it answers. */
  start(): Promise<void>
  /** Ends for good: nothing can be asked any more. */
  stop(): Promise<void>
  status(): AuditLogStatus
  /**
   * Waits for what is in the log at this moment; `false` when it is not in within so many milliseconds.
   * @throws StoreUnavailable
   */
  catchUp(timeoutMs: number): Promise<boolean>
  /**
   * The root of the first `size` leaves.
   * @throws RangeError when there are fewer
   */
  root(size: number): Buffer
  /** Place of an event among the leaves, from 0; undefined for one that is none of them (yet). */
  indexOf(eventId: string): number | undefined
  /** @throws RangeError when there is no such leaf */
  leafHash(index: number): Buffer
  /**
   * Inclusion proof of a leaf in the tree of the first `size` leaves, RFC 6962 2.1.1.
   * @throws RangeError unless `index < size` and there are so many
   */
  inclusion(index: number, size: number): Buffer[]
  /**
   * Proof that the tree of `from` leaves is the beginning of the tree of `to` leaves, RFC 6962 2.1.2.
   * @throws RangeError unless `from <= to` and there are so many
   */
  consistency(from: number, to: number): Buffer[]
  /** Forgets everything and reads the log from the beginning; resolves when that has begun. */
  rebuild(): Promise<void>
}
