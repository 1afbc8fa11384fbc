/**
 * The globals of EventStoreDB's projection language (V1), as far as the ledger's projections use them.
 * Left out of the main program: these names exist only inside a projection.
 */

interface ProjectionEvent {
  readonly partition: string
  readonly streamId: string
  readonly eventId: string
  readonly eventType: string
  readonly sequenceNumber: number
  readonly isJson: boolean
  readonly category: string | null
  readonly bodyRaw: string
  readonly metadataRaw: string
  readonly body: RoomEventData
  readonly data: RoomEventData
  readonly metadata: RoomEventMetadata
}

/** The part of an event that is worked with, once its texts have been read. */
interface ReadEvent {
  readonly sequenceNumber: number
  readonly eventId: string
  readonly eventType: string
  readonly data: RoomEventData
  readonly metadata: RoomEventMetadata
}

/** What a handler gives back replaces the state; `undefined` keeps the one it was given, changed or not. */
type ProjectionHandler<S> = (state: S, event: ProjectionEvent) => S | void

interface ProjectionChain {
  foreachStream(): ProjectionWhen
  partitionBy(partition: (event: ProjectionEvent) => string | number | null): ProjectionWhen
  when: ProjectionWhen['when']
}
interface ProjectionWhen {
  when<S>(handlers: { $init: () => S } & { [type: string]: ProjectionHandler<S> | (() => S) }): ProjectionResult
}
interface ProjectionResult {
  outputState(): ProjectionResult
}

declare function fromCategory(name: string): ProjectionChain
declare function emit(stream: string, type: string, body: object, metadata?: object): void
declare function linkTo(stream: string, event: ProjectionEvent, metadata?: object): void
declare function log(...parts: unknown[]): void

/** The data of every event of a room stream, all in one: which fields are there depends on the type. */
interface RoomEventData {
  readonly roomId: string
  readonly owner?: string
  readonly from?: string
  readonly to?: string
  readonly exists?: boolean
  readonly cause?: string | null
  readonly info?: RoomFields
  readonly lastInfo?: RoomFields
  readonly entries?: { readonly [key: string]: string }
  readonly keys?: readonly string[]
  readonly change?: 'add' | 'delete'
  readonly admins?: readonly string[]
  readonly operationId?: string
  readonly requestedBy?: object
  readonly reason?: string
}
interface RoomFields {
  readonly [field: string]: RoomValue
}
type RoomValue = string | number | boolean | null | readonly number[] | readonly string[]

interface RoomEventMetadata {
  readonly [name: string]: unknown
  readonly occurredAt: string
  readonly occurredAfter?: string
  readonly recordedAt: string
  readonly source: string
  readonly timeSource: string
  readonly actor: object
  readonly operationId?: string
  readonly attribution?: string
}
