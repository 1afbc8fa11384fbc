import { Inject } from '@nestjs/common'
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs'
import type { Directory } from '#directory'
import type { RoomLedger } from '../../ledger/room-ledger.js'
import { DIRECTORY, FRESHNESS, ROOM_LEDGER } from '../../tokens.js'
import { badCursor } from '../cursor.js'
import type { Freshness } from '../freshness.js'
import { readOwnershipsAsOf } from '../ownerships-as-of.js'
import { ListOwnerships } from '../queries.js'

/** Every room that an account owns or owned, youngest first; or which it owned, seen from another time. */
@QueryHandler(ListOwnerships)
export class ListOwnershipsHandler implements IQueryHandler<ListOwnerships> {
  constructor(
    @Inject(DIRECTORY) private readonly directory: Directory,
    @Inject(ROOM_LEDGER) private readonly ledger: RoomLedger,
    @Inject(FRESHNESS) private readonly fresh: Freshness,
  ) {}

  async execute({ account, params: { minPosition, limit = 50, cursor, at, knownAt } }: ListOwnerships) {
    await this.fresh('directory', minPosition)
    if (at !== undefined || knownAt !== undefined)
      return readOwnershipsAsOf(this.directory, this.ledger, account, { limit, cursor, at, knownAt })
    const page = this.directory.ownerships(account, { limit, ...(cursor !== undefined && { cursor }) })
    if (!page.ok) throw badCursor()
    return { items: page.items, nextCursor: page.nextCursor }
  }
}
