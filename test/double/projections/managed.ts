import type { Kept } from './records.js'
import type { Progress, Running } from './running.js'

export type Status = 'Running' | 'Stopped' | 'Aborted/Stopped' | 'Faulted (Enabled)' | 'Faulted'

export interface Managed {
  readonly name: string
  readonly id: number
  kept: Kept
  progress: Progress
  status: Status
  reason: string
  /** Nothing while it stands, or where its text does not compile. */
  running: Running | undefined
  /** `version` of what was last run, which is what the server tells of it. */
  ranAs: number
  /** Its text does not compile: the server cannot even describe it. */
  broken: boolean
}

/** Why the server does not do it, in its own word. */
export type Refusal = 'NotFound' | 'Conflict' | 'OperationFailed'

/** The projections of one server, and the engine that runs them. */
export interface Manager {
  readonly all: ReadonlyMap<string, Managed>
  create(name: string, query: string, emitEnabled: boolean): Refusal | undefined
  update(name: string, query: string, emitEnabled: boolean | undefined): Refusal | undefined
  enable(name: string): Refusal | undefined
  disable(name: string, how: 'Stopped' | 'Aborted/Stopped'): Refusal | undefined
  reset(name: string): Refusal | undefined
  delete(name: string): Refusal | undefined
  close(): void
}
