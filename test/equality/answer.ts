import type { EventStore } from '#event-store'
import type { EmittedEvent, ProjectionDefinition } from '#projections'

/** Deletes a stream (it may be written on) or tombstones it. Where the store knows no such thing, nothing happens. */
export type Remove = (stream: string, how: 'deleted' | 'tombstoned') => Promise<void>
export type Step = (store: EventStore, remove: Remove) => Promise<void>

/** What is given to an engine, and what it is asked for afterwards. */
export interface Question {
  readonly definition: ProjectionDefinition
  /** What happens before the projection is there. */
  readonly before?: Step
  /** What happens then; between the steps the projection comes to rest. */
  readonly steps: readonly Step[]
  /** Ids of events that were removed before the projection could see them. */
  readonly unseen?: ReadonlySet<string>
  /** Streams that it may have emitted to. */
  readonly outputs: readonly string[]
  readonly partitions: readonly string[]
}

export type Entry = Pick<EmittedEvent, 'type' | 'data' | 'metadata'>

/** What an engine made of it. */
export interface Answer {
  readonly faulted: boolean
  /** By stream, in order. */
  readonly emitted: Readonly<Record<string, readonly Entry[]>>
  /** By partition; `{}` for one that there is not, as EventStoreDB says it. */
  readonly states: Readonly<Record<string, unknown>>
}
