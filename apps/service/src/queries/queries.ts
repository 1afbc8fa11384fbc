import { Query } from '@nestjs/cqrs'
import type { FreshQuery, ListOperationsQuery, ListRoomsQuery, PageAsOfQuery, RoomHistoryQuery, RoomQuery } from './query-params.js'
import type { presentOperation, presentRoom } from '../ledger/present.js'

type Room = NonNullable<ReturnType<typeof presentRoom>>
type PresentedOperation = ReturnType<typeof presentOperation>
export interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | null
}

export class FindRoom extends Query<Room> {
  constructor(
    readonly roomId: string,
    readonly params: RoomQuery,
  ) {
    super()
  }
}
export class ListRooms extends Query<Page<object>> {
  constructor(readonly params: ListRoomsQuery) {
    super()
  }
}
export class ReadRoomHistory extends Query<Page<object>> {
  constructor(
    readonly roomId: string,
    readonly params: RoomHistoryQuery,
  ) {
    super()
  }
}
export class ReadOwners extends Query<object> {
  constructor(
    readonly roomId: string,
    readonly params: PageAsOfQuery,
  ) {
    super()
  }
}
export class FindOperation extends Query<PresentedOperation> {
  constructor(
    readonly operationId: string,
    readonly params: FreshQuery,
  ) {
    super()
  }
}
export class ListOperations extends Query<Page<PresentedOperation>> {
  constructor(readonly params: ListOperationsQuery) {
    super()
  }
}
export class ListOwnerships extends Query<Page<object>> {
  constructor(
    readonly account: string,
    readonly params: PageAsOfQuery,
  ) {
    super()
  }
}
