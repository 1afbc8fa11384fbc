import { Controller, Get, Inject, Query } from '@nestjs/common'
import { ApiOperation, ApiTags } from '@nestjs/swagger'
import { RequireScopes } from '#platform'
import { OptionalNumber, OptionalText } from '../queries/query-params.js'
import { ACCESS_LOG } from '../tokens.js'
import type { AccessLog } from './access-log.js'

class AccessLogQuery {
  @OptionalNumber(1, 500, 'Items in the answer, 1 to 500; default 50.') limit?: number
  @OptionalText(200, 'nextCursor of the page before.') cursor?: string
}

/** Who looked. */
@ApiTags('audit')
@RequireScopes('audit:read')
@Controller('v1/audit/access-log')
export class AccessLogController {
  constructor(@Inject(ACCESS_LOG) private readonly log: AccessLog) {}

  @Get()
  @ApiOperation({
    summary: 'Calls that needed audit:read or admin, youngest first',
    description:
      'Who (`requestedBy`), what (`method`, `route`, `path`), filter (`query`), when (`recordedAt`) and the request id. Written down before each was carried out, this one too. `cut`: the call said more than is kept.',
  })
  list(@Query() { limit, cursor }: AccessLogQuery) {
    return this.log.list({ limit, cursor })
  }
}
