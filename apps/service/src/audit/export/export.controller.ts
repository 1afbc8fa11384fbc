import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common'
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger'
import type { FastifyReply } from 'fastify'
import { RequireScopes, type Authenticated } from '#platform'
import { EXPORTER, LINE_SENDER } from '../../tokens.js'
import { ExportQuery, filterOf } from './export-query.js'
import type { Exporter } from './exporter.js'
import type { LineSender } from './send-lines.js'

const types = { ndjson: 'application/x-ndjson; charset=utf-8', csv: 'text/csv; charset=utf-8; header=present' }

/** The record to take along. */
@ApiTags('audit')
@RequireScopes('audit:read')
@Controller('v1/audit/export')
export class ExportController {
  constructor(
    @Inject(EXPORTER) private readonly exporter: Exporter,
    @Inject(LINE_SENDER) private readonly sender: LineSender,
  ) {}

  @Get()
  @ApiProduces('application/x-ndjson', 'text/csv')
  @ApiOperation({
    summary: 'Events with what proves them, as NDJSON or CSV',
    description: 'Verified without the service by `room-ledger verify`. An NDJSON file without its last line was cut off.',
  })
  async export(@Query() query: ExportQuery, @Req() request: Authenticated, @Res() reply: FastifyReply): Promise<void> {
    const { format = 'ndjson', bom, size: asked, after } = query
    const { size, lines } = await this.exporter({ filter: filterOf({ ...query, format }), format, bom, size: asked, after })
    await this.sender.send(request, reply, lines, {
      'Content-Type': types[format],
      'Content-Disposition': `attachment; filename="room-ledger-${size}.${format}"`,
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    })
  }
}
