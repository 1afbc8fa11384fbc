import { Inject } from '@nestjs/common'
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs'
import type { Directory } from '#directory'
import { presentOperation } from '../../ledger/present.js'
import { DIRECTORY, FRESHNESS } from '../../tokens.js'
import { badCursor } from '../cursor.js'
import type { Freshness } from '../freshness.js'
import { ListOperations } from '../queries.js'

/** Operations, youngest first, out of the search index. */
@QueryHandler(ListOperations)
export class ListOperationsHandler implements IQueryHandler<ListOperations> {
  constructor(
    @Inject(DIRECTORY) private readonly directory: Directory,
    @Inject(FRESHNESS) private readonly fresh: Freshness,
  ) {}

  async execute({ params: { minPosition, limit = 50, ...filter } }: ListOperations) {
    await this.fresh('directory', minPosition)
    const page = this.directory.listOperations({ limit, ...filter })
    if (!page.ok) throw badCursor()
    return { items: page.items.map(presentOperation), nextCursor: page.nextCursor }
  }
}
