import { Inject } from '@nestjs/common'
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs'
import type { Directory } from '#directory'
import { presentOperation } from '../../ledger/present.js'
import type { RoomLedger } from '../../ledger/room-ledger.js'
import { DIRECTORY, FRESHNESS, ROOM_LEDGER } from '../../tokens.js'
import type { Freshness } from '../freshness.js'
import { unknownOperation } from '../not-found.js'
import { FindOperation } from '../queries.js'

/** How long an operation that the index does not know is looked for: it may have been asked for a moment ago. */
const lookUpMs = 2000

/** An operation by its id: the index knows the room, the room's stream knows the operation. */
@QueryHandler(FindOperation)
export class FindOperationHandler implements IQueryHandler<FindOperation> {
  constructor(
    @Inject(DIRECTORY) private readonly directory: Directory,
    @Inject(ROOM_LEDGER) private readonly ledger: RoomLedger,
    @Inject(FRESHNESS) private readonly fresh: Freshness,
  ) {}

  async execute({ operationId, params }: FindOperation) {
    await this.fresh('directory', params.minPosition)
    let found = this.directory.findOperation(operationId)
    if (!found && (await this.directory.catchUp(lookUpMs))) found = this.directory.findOperation(operationId)
    const operations = found ? (await this.ledger.load(found.roomId)).operations : []
    const operation = operations.find((candidate) => candidate.operationId === operationId)
    if (!operation) throw unknownOperation(operationId)
    return presentOperation(operation)
  }
}
