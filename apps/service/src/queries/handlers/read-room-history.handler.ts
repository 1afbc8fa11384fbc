import { Inject } from '@nestjs/common'
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs'
import type { EventStore } from '#event-store'
import type { Projections } from '#projections'
import type { RoomLedger } from '../../ledger/room-ledger.js'
import { EVENT_STORE, FRESHNESS, PROJECTIONS, ROOM_LEDGER } from '../../tokens.js'
import type { Freshness } from '../freshness.js'
import { whyNothing } from '../not-found.js'
import { ReadRoomHistory } from '../queries.js'
import { readHistory } from '../room-history.js'

/** What happened to a room, field by field, out of the projection `room-history`. */
@QueryHandler(ReadRoomHistory)
export class ReadRoomHistoryHandler implements IQueryHandler<ReadRoomHistory> {
  constructor(
    @Inject(PROJECTIONS) private readonly projections: Projections,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(ROOM_LEDGER) private readonly ledger: RoomLedger,
    @Inject(FRESHNESS) private readonly fresh: Freshness,
  ) {}

  async execute({ roomId, params: { minPosition, limit = 50, order = 'asc', include, ...filter } }: ReadRoomHistory) {
    await this.fresh({ emitted: 'roomHistory', roomId }, minPosition)
    const page = await readHistory(this.projections, this.store, roomId, {
      limit,
      order,
      includeOperations: include === 'operations',
      ...filter,
    })
    if (page) return page
    const problem = whyNothing(roomId, await this.ledger.load(roomId), filter)
    if (problem) throw problem
    // Known, though the projection has nothing of it yet: an empty page, not a 404.
    return { items: [], nextCursor: null }
  }
}
