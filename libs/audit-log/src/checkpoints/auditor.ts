/** What has been signed: the tree of the first `size` audited events has this root. */
export interface SignedCheckpoint {
  readonly size: number
  readonly root: Buffer
  /** C2SP tlog-checkpoint as a signed note. */
  readonly note: string
  /** RFC 3339: when it was written to the store. */
  readonly createdAt: string
}

/**
 * Why nothing is signed.
 * - `inconsistent`: the log is not a continuation of what was signed before: a restored backup, or an altered store.
 * - `sink-away`: the sink could not be asked what it holds.
 * - `key-replaced`: another key was adopted while this process ran.
 * - `behind`: the index has not read the whole log in time.
 */
export type RefusalKind = 'inconsistent' | 'sink-away' | 'key-replaced' | 'behind'

/** The reason is for an operator: plain words, no secret. */
export class CheckpointRefused extends Error {
  override readonly name = 'CheckpointRefused'
  constructor(
    readonly kind: RefusalKind,
    message: string,
  ) {
    super(message)
  }
}

export interface AuditorStatus {
  /** The last checkpoint that is known here; undefined before the first. */
  readonly last: SignedCheckpoint | undefined
  /** Since the last attempt; undefined when that went well. */
  readonly refused: { readonly kind: RefusalKind; readonly reason: string } | undefined
  /** What keeps checkpoints from the sink; undefined when they are there, or there is no sink. */
  readonly sinkFailure: string | undefined
}

/** Signs checkpoints of the tree and keeps them, in the store and outside of it. */
export interface Auditor {
  /** Signs now and then, where the tree has grown. */
  start(): void
  /** Ends; signs what is not under a checkpoint yet, if that takes no longer than some seconds. */
  stop(): Promise<void>
  status(): AuditorStatus
  /**
   * A checkpoint of exactly what is in the log now; the last one, when nothing has come since.
   * @throws CheckpointRefused
   * @throws StoreUnavailable
   */
  checkpointNow(): Promise<SignedCheckpoint>
}
