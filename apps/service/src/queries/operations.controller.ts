import { Controller, Get, Param, Query, Res } from '@nestjs/common'
import { QueryBus } from '@nestjs/cqrs'
import { ApiOperation, ApiTags } from '@nestjs/swagger'
import type { FastifyReply } from 'fastify'
import { Problem, RequireScopes } from '#platform'
import { FindOperation, ListOperations, ListOwnerships } from './queries.js'
import { FreshQuery, ListOperationsQuery, PageAsOfQuery } from './query-params.js'

/** Longer than any account id the vendor allows (32 bytes, live-engine.md §4): a bound, not a rule. */
const longestAccount = 128

/** Operations and ownerships across all rooms. */
@ApiTags('queries')
@RequireScopes('rooms:read')
@Controller('v1')
export class OperationsController {
  constructor(private readonly queries: QueryBus) {}

  @Get('operations')
  @ApiOperation({ summary: 'Operations, youngest first' })
  list(@Query() query: ListOperationsQuery) {
    return this.queries.execute(new ListOperations(query))
  }

  @Get('operations/:operationId')
  @ApiOperation({ summary: 'An operation and what became of it' })
  async find(@Param('operationId') operationId: string, @Query() query: FreshQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const operation = await this.queries.execute(new FindOperation(operationId, query))
    void reply.header('Ledger-Position', operation.position)
    return operation
  }

  @Get('accounts/:account/ownerships')
  @ApiOperation({
    summary: 'Rooms that an account owns or owned',
    description:
      'By since, youngest first. With at: those that it owned then. With at or knownAt: by room id, and a page may end before its limit, even without items; nextCursor null is the end.',
  })
  ownerships(@Param('account') account: string, @Query() query: PageAsOfQuery) {
    if (Buffer.byteLength(account) > longestAccount)
      throw new Problem({
        type: 'invalid-request',
        detail: `account must be at most ${longestAccount} bytes.`,
        errors: { account: [`must be at most ${longestAccount} bytes`] },
      })
    return this.queries.execute(new ListOwnerships(account, query))
  }
}
