import { Inject } from '@nestjs/common'
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs'
import { asOf } from '#room'
import { presentRoom } from '../../ledger/present.js'
import type { RoomLedger } from '../../ledger/room-ledger.js'
import { FRESHNESS, ROOM_LEDGER } from '../../tokens.js'
import type { Freshness } from '../freshness.js'
import { notKnownAt, unknownRoom } from '../not-found.js'
import { FindRoom } from '../queries.js'

/** A room as its stream says it is, was, or was known to be. */
@QueryHandler(FindRoom)
export class FindRoomHandler implements IQueryHandler<FindRoom> {
  constructor(
    @Inject(ROOM_LEDGER) private readonly ledger: RoomLedger,
    @Inject(FRESHNESS) private readonly fresh: Freshness,
  ) {}

  async execute({ roomId, params }: FindRoom) {
    await this.fresh('ledger', params.minPosition)
    const today = await this.ledger.load(roomId)
    const room = presentRoom(roomId, asOf(today, params))
    if (!room) throw today.life ? notKnownAt(roomId, params) : unknownRoom(roomId)
    return room
  }
}
