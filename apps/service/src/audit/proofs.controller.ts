import { Controller, Get, Inject, Query } from '@nestjs/common'
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger'
import { IsString, MaxLength, MinLength } from 'class-validator'
import type { Auditor, AuditLog, CheckpointStream } from '#audit-log'
import { Problem, RequireScopes } from '#platform'
import { OptionalNumber } from '../queries/query-params.js'
import { AUDIT_LOG, AUDITOR, CHECKPOINTS } from '../tokens.js'
import { orRefused } from './audit-problems.js'

class InclusionQuery {
  @ApiProperty({ description: 'Id of the event.' }) @IsString() @MinLength(1) @MaxLength(200) eventId!: string
  @OptionalNumber(1, Number.MAX_SAFE_INTEGER, 'Size of the tree. Default: that of the last checkpoint that has the event.') size?: number
}
class ConsistencyQuery {
  @OptionalNumber(1, Number.MAX_SAFE_INTEGER, 'Size of the earlier tree.') from?: number
  @OptionalNumber(1, Number.MAX_SAFE_INTEGER, 'Size of the later tree. Default: that of the last checkpoint.') to?: number
}

/** Milliseconds for the tree to take in what was written a moment before. */
const patienceMs = 5_000

/** What shows, with nothing but SHA-256, that an event is in the log, and that the log has only grown (RFC 6962). */
@ApiTags('audit')
@RequireScopes('audit:read')
@Controller('v1/audit/proofs')
export class ProofsController {
  constructor(
    @Inject(AUDIT_LOG) private readonly auditLog: AuditLog,
    @Inject(AUDITOR) private readonly auditor: Auditor,
    @Inject(CHECKPOINTS) private readonly checkpoints: CheckpointStream,
  ) {}

  @Get('inclusion')
  @ApiOperation({ summary: 'Proof that an event is in the tree of so many events' })
  async inclusion(@Query() { eventId, size: asked }: InclusionQuery) {
    const index = await this.placeOf(eventId)
    const size = asked ?? (await this.sizeBeyond(index))
    this.assertWithin('size', size, index + 1, 'the event is in the tree from that size on')
    const root = this.auditLog.root(size)
    const checkpoint = await this.checkpoints.ofSize(size)
    return {
      eventId,
      index,
      size,
      leafHash: base64(this.auditLog.leafHash(index)),
      proof: this.auditLog.inclusion(index, size).map(base64),
      root: base64(root),
      checkpoint: checkpoint?.root.equals(root) ? checkpoint.note : null,
    }
  }

  @Get('consistency')
  @ApiOperation({ summary: 'Proof that the tree of `from` events is the beginning of the tree of `to` events' })
  async consistency(@Query() { from, to: asked }: ConsistencyQuery) {
    if (from === undefined) throw outOfRange('from', 'is required: the size of an earlier checkpoint')
    const to = asked ?? (await this.sizeBeyond(0))
    this.assertWithin('to', to, 1)
    if (from > to) throw outOfRange('from', `must be from 1 to ${to}, the size of the later tree`)
    const { auditLog } = this
    return {
      from,
      to,
      fromRoot: base64(auditLog.root(from)),
      toRoot: base64(auditLog.root(to)),
      proof: auditLog.consistency(from, to).map(base64),
    }
  }

  private async placeOf(eventId: string): Promise<number> {
    const found = this.auditLog.indexOf(eventId)
    if (found !== undefined) return found
    // It may have been written a moment ago.
    const complete = await this.auditLog.catchUp(patienceMs)
    const index = this.auditLog.indexOf(eventId)
    if (index !== undefined) return index
    if (complete) throw new Problem({ type: 'not-found', detail: `No event ${JSON.stringify(eventId)} is under the tree.` })
    throw new Problem({ type: 'not-caught-up', detail: 'The tree has not read the whole log yet; try again.', retryAfter: 5 })
  }

  /** Of the last checkpoint, if it has the leaf; else one is signed. */
  private async sizeBeyond(index: number): Promise<number> {
    const last = await this.checkpoints.last()
    if (last && last.size > index) return last.size
    return (await orRefused(() => this.auditor.checkpointNow())).size
  }

  private assertWithin(field: string, size: number, least: number, why = 'the tree has no more events'): void {
    const { size: most } = this.auditLog.status()
    if (size < least || size > most) throw outOfRange(field, `must be from ${least} to ${most}${size < least ? `: ${why}` : ''}`)
  }
}

const base64 = (bytes: Buffer): string => bytes.toString('base64')

const outOfRange = (field: string, message: string): Problem =>
  new Problem({ type: 'invalid-request', detail: 'The size asked for is out of range.', errors: { [field]: [message] } })
