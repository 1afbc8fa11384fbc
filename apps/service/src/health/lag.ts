export interface Progress {
  readonly position: bigint
  readonly head: bigint
  readonly caughtUp: boolean
}

/**
 * How far behind, in the unit of the positions: events for a projection (on EventStoreDB those of the rooms), for positions in
 * the log itself events on SQLite and bytes on EventStoreDB. 0 = nothing left to read.
 */
export const lagOf = ({ position, head, caughtUp }: Progress): number => (caughtUp || position >= head ? 0 : Number(head - position))
