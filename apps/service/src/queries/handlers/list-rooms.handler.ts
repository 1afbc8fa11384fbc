import { Inject } from '@nestjs/common'
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs'
import type { Directory } from '#directory'
import { encodePosition } from '../../ledger/position.js'
import { roomStream } from '../../ledger/present.js'
import { DIRECTORY, FRESHNESS } from '../../tokens.js'
import { badCursor } from '../cursor.js'
import type { Freshness } from '../freshness.js'
import { ListRooms } from '../queries.js'

/** Rooms by what they look like, out of the search index. */
@QueryHandler(ListRooms)
export class ListRoomsHandler implements IQueryHandler<ListRooms> {
  constructor(
    @Inject(DIRECTORY) private readonly directory: Directory,
    @Inject(FRESHNESS) private readonly fresh: Freshness,
  ) {}

  async execute({ params: { minPosition, limit = 50, ...filter } }: ListRooms) {
    await this.fresh('directory', minPosition)
    const page = this.directory.listRooms({ limit, ...filter })
    if (!page.ok) throw badCursor()
    const items = page.items.map((room) => ({
      ...room,
      position: encodePosition({ stream: roomStream(room.roomId), revision: room.revision }),
    }))
    return { items, nextCursor: page.nextCursor }
  }
}
