import { Inject } from '@nestjs/common'
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs'
import type { Directory } from '#directory'
import { DIRECTORY, FRESHNESS } from '../../tokens.js'
import { badCursor } from '../cursor.js'
import type { Freshness } from '../freshness.js'
import { ListOwnerships } from '../queries.js'

/** Every room that an account owns or owned, youngest first. */
@QueryHandler(ListOwnerships)
export class ListOwnershipsHandler implements IQueryHandler<ListOwnerships> {
  constructor(
    @Inject(DIRECTORY) private readonly directory: Directory,
    @Inject(FRESHNESS) private readonly fresh: Freshness,
  ) {}

  async execute({ account, params: { minPosition, limit = 50, cursor } }: ListOwnerships) {
    await this.fresh('directory', minPosition)
    const page = this.directory.ownerships(account, { limit, ...(cursor !== undefined && { cursor }) })
    if (!page.ok) throw badCursor()
    return { items: page.items, nextCursor: page.nextCursor }
  }
}
