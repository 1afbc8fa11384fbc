export interface Progress {
  readonly position: bigint
  readonly head: bigint
  readonly caughtUp: boolean
}

/** How far behind the log's head, in the store's own positions: events on SQLite, bytes on EventStoreDB. 0 = nothing left to read. */
export const lagOf = ({ position, head, caughtUp }: Progress): number => (caughtUp || position >= head ? 0 : Number(head - position))
