import { Controller, Get, Inject, Query, Res } from '@nestjs/common'
import { QueryBus } from '@nestjs/cqrs'
import { ApiOperation, ApiProduces, ApiProperty, ApiTags } from '@nestjs/swagger'
import { IsString, MaxLength } from 'class-validator'
import type { FastifyReply } from 'fastify'
import { ownerReport, parseCheckpoint, reportPolicy, type Auditor, type AuditLog, type OwnerReport } from '#audit-log'
import { CurrentRequester, RequireScopes, type Requester } from '#platform'
import type { RoomLedger } from '../../ledger/room-ledger.js'
import { encodePosition } from '../../ledger/position.js'
import { roomStream } from '../../ledger/present.js'
import { ReadOwners } from '../../queries/queries.js'
import { checkRoomId } from '../../room-id.js'
import { AUDIT_LOG, AUDITOR, ROOM_LEDGER } from '../../tokens.js'
import { orRefused } from '../audit-problems.js'

class ReportQuery {
  @ApiProperty({ description: 'The room.' }) @IsString() @MaxLength(48) roomId!: string
}

/** One room's owners on paper. */
@ApiTags('audit')
@RequireScopes('audit:read')
@Controller('v1/audit/report')
export class ReportController {
  constructor(
    private readonly queries: QueryBus,
    @Inject(ROOM_LEDGER) private readonly ledger: RoomLedger,
    @Inject(AUDITOR) private readonly auditor: Auditor,
    @Inject(AUDIT_LOG) private readonly auditLog: AuditLog,
  ) {}

  @Get()
  @ApiProduces('text/html')
  @ApiOperation({ summary: "A room's owner trail as a page to be printed, with the checkpoint it was made at" })
  async report(
    @Query() { roomId }: ReportQuery,
    @CurrentRequester() { id, onBehalfOf }: Requester,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    checkRoomId(roomId)
    const { factRevision } = await this.ledger.load(roomId)
    const minPosition = factRevision < 0 ? undefined : encodePosition({ stream: roomStream(roomId), revision: factRevision })
    const trail = (await this.queries.execute(new ReadOwners(roomId, { minPosition } as ReadOwners['params']))) as Pick<
      OwnerReport,
      'items' | 'gaps'
    >
    // Signed after the trail was read, so that every event of it is under the tree.
    const { note } = await orRefused(() => this.auditor.checkpointNow())
    const html = ownerReport({
      roomId,
      items: trail.items.map((item) => ({ ...item, index: this.auditLog.indexOf(item.eventId) })),
      gaps: trail.gaps,
      checkpoint: { ...parseCheckpoint(note.slice(0, note.lastIndexOf('\n\n') + 1))!, note },
      madeAt: new Date().toISOString(),
      madeFor: onBehalfOf === undefined ? id : `${id} for ${onBehalfOf}`,
    })
    await reply
      .headers({ 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': reportPolicy, 'Cache-Control': 'no-store' })
      .send(html)
  }
}
