import { Controller, Get, Header, Inject, Query } from '@nestjs/common'
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger'
import { CheckpointRefused, type Auditor, type CheckpointStream } from '#audit-log'
import { Problem, RequireScopes } from '#platform'
import { OptionalNumber, OptionalText } from '../queries/query-params.js'
import { AUDITOR, CHECKPOINTS } from '../tokens.js'
import { orRefused, refusedProblem } from './audit-problems.js'

const usualLimit = 50

class CheckpointsQuery {
  @OptionalNumber(1, 500, 'Items in the answer, 1 to 500.') limit?: number
  @OptionalText(200, 'nextCursor of the page before.') cursor?: string
}

/** What the ledger has signed. */
@ApiTags('audit')
@RequireScopes('audit:read')
@Controller('v1/audit/checkpoints')
export class CheckpointsController {
  constructor(
    @Inject(AUDITOR) private readonly auditor: Auditor,
    @Inject(CHECKPOINTS) private readonly checkpoints: CheckpointStream,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Signed checkpoints, the youngest first' })
  async list(@Query() { limit = usualLimit, cursor }: CheckpointsQuery) {
    const from = cursor === undefined ? undefined : revisionOf(cursor)
    const found = await this.checkpoints.page(limit + 1, from)
    const items = found.slice(0, limit).map(({ size, root, createdAt, note }) => ({ size, root: root.toString('base64'), createdAt, note }))
    const next = found[limit]
    return { items, nextCursor: next ? cursorOf(next.revision) : null }
  }

  @Get('latest')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiProduces('text/plain')
  @ApiOperation({
    summary: 'The last checkpoint as a signed note (C2SP tlog-checkpoint)',
    description: '409 when the log is not a continuation of what was signed before: then nothing is signed.',
  })
  async latest(): Promise<string> {
    const { refused } = this.auditor.status()
    if (refused?.kind === 'inconsistent') throw refusedProblem(new CheckpointRefused(refused.kind, refused.reason))
    const last = (await this.checkpoints.last()) ?? (await orRefused(() => this.auditor.checkpointNow()))
    return last.note
  }
}

const cursorOf = (revision: number): string => Buffer.from(`checkpoints:${revision}`).toString('base64url')

const revisionOf = (cursor: string): number => {
  const found = /^checkpoints:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (found === undefined || cursorOf(Number(found)) !== cursor)
    throw new Problem({
      type: 'invalid-request',
      detail: 'The cursor is none of this list.',
      errors: { cursor: ['is no cursor of this list'] },
    })
  return Number(found)
}
