/** A place outside of the store that remembers checkpoints: whoever restores or alters the store does not reach it too. */
export interface CheckpointSink {
  /** For messages: without what may be secret. */
  readonly name: string
  /**
   * The note that was put last; undefined when there is none yet.
   * @param mustExist somebody has used the place before: that it is not there is then a failure
   * @throws Error when it cannot be told
   */
  latest(mustExist: boolean): Promise<string | undefined>
  /** @throws Error when it may not be there */
  put(size: number, note: string): Promise<void>
}

/** Notes are some hundred bytes. */
export const largestNote = 64 * 1024
