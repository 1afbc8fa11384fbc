import type { EventToAppend, RecordedEvent } from './event.js'

/**
 * What a writer believes of a stream: nothing (`any`), that it has no event (`noStream`), that it has
 * some (`exists`), or the revision of its last event.
 */
export type ExpectedRevision = 'any' | 'noStream' | 'exists' | number

/**
 * An append either happened (now, or earlier with the same ids) or met another revision than expected.
 * `idempotent` says whether it had happened earlier; EventStoreDB does not tell.
 */
export type AppendResult =
  | { readonly ok: true; readonly revision: number; readonly position: bigint; readonly idempotent: boolean | 'unknown' }
  | { readonly ok: false; readonly expected: ExpectedRevision; /** -1 when the stream has no event */ readonly actual: number }

export interface ReadStreamOptions {
  readonly direction?: 'forwards' | 'backwards'
  /** First revision to give (inclusive). Default: the first event forwards, the last one backwards. */
  readonly from?: number
  /** At most this many events. Default: all. */
  readonly limit?: number
}

export interface ReadAllOptions {
  /** Give events after this position (exclusive). Default: from the beginning. */
  readonly after?: bigint
  /** Only streams whose name begins with one of these. Default: every stream. */
  readonly prefixes?: readonly string[]
  readonly limit?: number
}

export interface SubscribeOptions {
  readonly after?: bigint
  readonly prefixes?: readonly string[]
  /** Ends the subscription at once; the iteration then finishes without an error. */
  readonly signal?: AbortSignal
}

/** The subscription has delivered everything that was in the log; what follows is live. */
export interface CaughtUp {
  readonly caughtUp: true
  /** Everything up to this position has been looked at, also what the prefixes left out. */
  readonly position: bigint
}

/**
 * The store of events, whoever keeps them. Every adapter passes the same conformance suite
 * (`libs/event-store/test/conformance.ts`).
 */
export interface EventStore {
  /** Human-readable name of the engine, for logs and test output. */
  readonly engine: string

  /**
   * Whether it recognises an event that is appended again with `any`, however late. EventStoreDB does for as long as it has
   * the id in memory, and always where a revision is expected.
   */
  readonly recognisesAny: boolean

  /**
   * Appends all events, or none. Durable when it resolves.
   * A retry with the same ids and the same expectation answers `ok` with the revision and position of the first time, and writes nothing (the rule in full: `judgeAppend`). Without events it only checks the
   * expectation; revision and position are then those of the stream's last event, -1 and -1n when it has none.
   * @throws StoreUnavailable when the store cannot be reached or cannot write (disk full); nothing is then known to be written.
   * @throws TypeError when a name is empty or no well-formed Unicode, or one id stands twice in `events`.
   */
  append(stream: string, events: readonly EventToAppend[], expected: ExpectedRevision): Promise<AppendResult>

  /** Reads one stream; a missing stream gives nothing. Sees every append that was acknowledged before the reading began. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>

  /** Reads the whole log in the order of positions, as far as it reached when the reading began, then ends. */
  readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>

  /**
   * Catches up from `after`, then goes on live, without a gap and without a repeat. Says `caughtUp` each time it
   * reaches the end of the log. Reads at the consumer's pace: a slow one holds nothing back but itself.
   */
  subscribe(options?: SubscribeOptions): AsyncIterable<RecordedEvent | CaughtUp>

  /** Position of the last event in the log; -1n when it is empty. */
  head(): Promise<bigint>

  /** The last event of all streams whose name begins with one of these; undefined when there is none. */
  last(prefixes: readonly string[]): Promise<RecordedEvent | undefined>

  close(): Promise<void>
}

/** The store is away or cannot write. The outward answer is 503. */
export class StoreUnavailable extends Error {
  override readonly name: string = 'StoreUnavailable'
}
