import type { Life, Operation, OperationStatus, OwnerTrailItem, Standpoint, Statistics } from '#room'

export interface RoomFilter {
  readonly status?: 'active' | 'destroyed'
  readonly owner?: string
  readonly category?: number
  readonly activityStatus?: number
  readonly isPublicVisible?: boolean
  /** RFC 3339 UTC with milliseconds. */
  readonly updatedSince?: string
  /** Part of the id or the name, in whatever case. */
  readonly q?: string
  /** Default `-updatedAt`. */
  readonly sort?: RoomSort
}
export type RoomSort = 'updatedAt' | 'createdAt' | 'roomId' | '-updatedAt' | '-createdAt' | '-roomId'

export interface OperationFilter {
  readonly status?: OperationStatus
  readonly roomId?: string
  readonly requestedBy?: string
  /** RFC 3339 UTC with milliseconds. */
  readonly since?: string
}

export interface PageRequest {
  readonly limit: number
  readonly cursor?: string
}
export type Page<T> =
  | { readonly ok: true; readonly items: readonly T[]; readonly nextCursor: string | null }
  /** The cursor is none that this list, so sorted, gave out. */
  | { readonly ok: false; readonly problem: 'bad-cursor' }

export interface RoomRow extends Omit<Life, 'destroyedBy' | 'statistics'> {
  readonly roomId: string
  readonly statistics: Statistics | null
  readonly statisticsSource: 'callback' | 'command' | null
  /** Of the youngest recorded fact. */
  readonly revision: number
  readonly pendingOperations: readonly Pick<Operation, 'operationId' | 'kind' | 'status' | 'requestedAt'>[]
}

/** An account's time as owner of a room: `[since, until)`. */
export interface Ownership {
  readonly roomId: string
  readonly life: number
  /** `null`: its beginning was not seen. */
  readonly since: string | null
  /** `null`: it still lasts. */
  readonly until: string | null
  readonly timeSource: OwnerTrailItem['timeSource'] | null
  /** The fact that made the account owner; where none did, the one that names it as the owner before. */
  readonly eventId: string
  /** `null` where no fact made the account owner. */
  readonly link: OwnerTrailItem['link'] | null
}

export interface DirectoryStatus {
  /** Everything in the log up to here has been looked at. */
  readonly position: bigint
  /** End of the log when it was last asked for. */
  readonly head?: bigint
  readonly caughtUp: boolean
}

/** The search index over rooms, operations and ownerships: follows the log, can be rebuilt from it, is never the truth. */
export interface Directory {
  /** Begins to follow the log; a store that is away is asked again until it answers. */
  start(): Promise<void>
  /** Ends for good: nothing can be asked any more. */
  stop(): Promise<void>
  status(): DirectoryStatus
  /** Waits until everything up to that log position is in; `false` when it is not in time. */
  waitFor(position: bigint, timeoutMs: number): Promise<boolean>
  /**
   * Waits for what is in the log at this moment.
   * @throws StoreUnavailable
   */
  catchUp(timeoutMs: number): Promise<boolean>
  /** Rooms that facts are known of. */
  listRooms(query: RoomFilter & PageRequest): Page<RoomRow>
  findOperation(operationId: string): { readonly roomId: string } | undefined
  /** Youngest first. */
  listOperations(query: OperationFilter & PageRequest): Page<Operation>
  /**
   * Neither confirmed nor rejected, oldest first.
   * @param query.after the last operation of the page before
   */
  openOperations(query: { readonly limit: number; readonly after?: Pick<Operation, 'requestedAt' | 'operationId'> }): readonly Operation[]
  /**
   * Ids of rooms of which something was told after their end that no look at the vendor has explained yet, in their order.
   * @param query.after the last room of the page before
   */
  roomsToAskAbout(query: { readonly limit: number; readonly after?: string }): readonly string[]
  /**
   * Ids of the rooms that facts are known of, in their order.
   * @param query.after the last room of the page before; it need not be there any more
   */
  roomIds(query: { readonly limit: number; readonly after?: string }): readonly string[]
  /**
   * Ids of rooms that the ledger holds to be there, in their order.
   * @param query.after the last room of the page before; it need not be there any more
   */
  activeRooms(query: { readonly limit: number; readonly after?: string }): readonly string[]
  /** One of them by chance; undefined when there is none. */
  anyActiveRoom(): string | undefined
  /** By `since`, youngest first; those whose beginning was not seen come last. */
  ownerships(account: string, page: PageRequest): Page<Ownership>
  /**
   * Rooms of which an account may have been the owner, seen from another time, by id: those of which it was, and some more.
   * @param query.from the first id that may be among them
   */
  roomsNaming(account: string, query: Standpoint & { readonly from: string; readonly limit: number }): readonly string[]
  /** Forgets everything and reads the log from the beginning; resolves when that has begun. */
  rebuild(): Promise<void>
}
