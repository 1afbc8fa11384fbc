import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common'
import { ApiOperation, ApiTags } from '@nestjs/swagger'
import { CurrentRequester, RequireScopes } from '#platform'
import type { Requester } from '#room'
import { PageQuery } from '../queries/query-params.js'
import { QUARANTINE } from '../tokens.js'
import type { Quarantine } from './quarantine.js'

/** Callbacks that fitted no command this version knows. */
@ApiTags('operating')
@RequireScopes('admin')
@Controller('v1/quarantine')
export class QuarantineController {
  constructor(@Inject(QUARANTINE) private readonly quarantine: Quarantine) {}

  @Get()
  @ApiOperation({ summary: 'Callbacks in quarantine, oldest first' })
  list(@Query() { limit, cursor }: PageQuery) {
    return this.quarantine.list({ limit, cursor })
  }

  @Post(':eventId/replay')
  @HttpCode(200)
  @ApiOperation({ summary: 'Feed a callback in again' })
  replay(@Param('eventId') eventId: string, @CurrentRequester() by: Requester) {
    return this.quarantine.replay(eventId, by.id)
  }
}
