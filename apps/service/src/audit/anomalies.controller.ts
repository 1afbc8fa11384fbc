import { Controller, Get, Inject, Query } from '@nestjs/common'
import { ApiOperation, ApiTags, IntersectionType } from '@nestjs/swagger'
import { anomalyKinds } from '#audit-log'
import { RequireScopes } from '#platform'
import type { Freshness } from '../queries/freshness.js'
import { OptionalChoices, OptionalNumber, OptionalText, PageQuery } from '../queries/query-params.js'
import { ANOMALIES, FRESHNESS } from '../tokens.js'
import type { Anomalies } from './read-anomalies.js'

/** Milliseconds. */
const usualBound = 60_000
const longestBound = 366 * 24 * 3600 * 1000

class AnomalyFilters {
  @OptionalChoices(anomalyKinds, 'Kinds of anomaly; default: all') kind?: string[]
  @OptionalText(48, 'This room alone; 404 when the ledger does not know it.') roomId?: string
  @OptionalNumber(0, longestBound, 'Milliseconds a callback may take from the happening to the recording; default 60000.') lateMs?: number
}
class AnomaliesQuery extends IntersectionType(PageQuery, AnomalyFilters) {}

/** What in the record needs an explanation. */
@ApiTags('audit')
@RequireScopes('audit:read')
@Controller('v1/audit/anomalies')
export class AnomaliesController {
  constructor(
    @Inject(ANOMALIES) private readonly anomalies: Anomalies,
    @Inject(FRESHNESS) private readonly fresh: Freshness,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'What in the record needs an explanation, each with the ids of the events that show it',
    description:
      'Room by room, by id; in a room by time. One answer looks at 200 rooms or 20,000 events at the most: it may hold few items, or none, and still have a `nextCursor`. Go on until that is null.',
  })
  async list(@Query() { kind, roomId, lateMs = usualBound, limit = 50, cursor, minPosition }: AnomaliesQuery) {
    // A room that is named is read itself; which rooms there are is in the index.
    if (roomId === undefined) await this.fresh('directory', minPosition)
    return this.anomalies({ kinds: kind, roomId, lateMs, limit, cursor })
  }
}
