import type { EventStore, Json, JsonObject } from '#event-store'

/** A projection: its text in EventStoreDB's projection language (V1), and what the deployment needs to know of it. */
export interface ProjectionDefinition {
  readonly name: string
  /** Changes when old output no longer fits the text: the projection is then rebuilt from the beginning. */
  readonly version: number
  readonly source: string
  /** The files that the text was put together from, one line break between them: for messages and measurements. */
  readonly parts?: readonly { readonly url: string; readonly source: string }[]
  /** The text may call `emit`, `linkTo` and `linkStreamTo` (EventStoreDB: `emitEnabled`). */
  readonly emits: boolean
}

/** An event that a projection wrote. Links keep their text (`12@room-1`) in `data`; they are not resolved. */
export interface EmittedEvent {
  readonly stream: string
  /** Grows by one; after a rebuild the numbers go on, they do not begin again. */
  readonly revision: number
  readonly id: string
  readonly type: string
  readonly data: Json
  readonly metadata: JsonObject
}

export interface ReadEmittedOptions {
  /** First revision to give (inclusive). Default: the first visible one forwards, the last one backwards. */
  readonly from?: number
  readonly direction?: 'forwards' | 'backwards'
  readonly limit?: number
}

export interface ProjectionStatus {
  readonly name: string
  readonly status: 'Running' | 'Stopped' | 'Faulted'
  /** Why it is faulted, or what it waits for; `null` when there is nothing to say. */
  readonly stateReason: string | null
  /** Everything in the log up to here has been handled; -1n before the first event. */
  readonly position: bigint
  /** Position of the last event in the log; the projection has caught up when `position >= head`. */
  readonly head: bigint
  readonly caughtUp: boolean
  /** How often it was rebuilt: 1 for the first run. */
  readonly epoch: number
  readonly version: number
  /** Events handed to a handler in this epoch. */
  readonly eventsProcessed: number
}

/** Projections that run, here or at the server, and what they emitted. */
export interface Projections {
  /** Opens the output and begins to follow the log; resolves before it has caught up (see `waitFor`). */
  start(): Promise<void>
  /** Stops after the batch in hand; what is done is on disk. */
  stop(): Promise<void>
  /** Reads an emitted stream; a missing one gives nothing. Only the current epoch is shown. */
  readEmitted(stream: string, options?: ReadEmittedOptions): AsyncIterable<EmittedEvent>
  status(): Promise<ProjectionStatus[]>
  /**
   * Starts a new epoch: old output disappears at once, the log is read from the beginning.
   * Resolves when it has caught up with the log as it stood at the call.
   * @throws when the name is unknown, or the projection faults on the way.
   */
  rebuild(name: string): Promise<void>
  /** Lets a faulted projection go on from its checkpoint. @throws when the name is unknown. */
  enable(name: string): Promise<void>
}

/** Those that run in this process: they know how far they are at any moment. */
export interface EmbeddedProjections extends Projections {
  /** Waits until all projections have handled the log up to `position`; `false` after `timeoutMs`, or at once when one is faulted or stopped. */
  waitFor(position: bigint, timeoutMs: number): Promise<boolean>
}

export interface EmbeddedProjectionsOptions {
  readonly store: EventStore
  /** SQLite file of the output. Disposable: a damaged one is deleted and rebuilt from the log. */
  readonly file: string
  readonly definitions: readonly ProjectionDefinition[]
  readonly log?: (line: ProjectionLogLine) => void
}

export interface ProjectionLogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** Absent: it concerns the output file as a whole. */
  readonly projection?: string
  readonly message: string
}
