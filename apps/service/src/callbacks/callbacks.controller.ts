import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { parseVendorJson } from '#live-engine'
import { Problem, Public } from '#platform'
import { RECEIVE_CALLBACK } from '../tokens.js'
import { callbacksReceived } from './callback-metrics.js'
import { checkedQuery, holdingPlace } from './callback-gate.js'
import type { CallbackReceiver } from './receive-callback.js'

/** What the vendor expects back; for after-events it ignores the code (live-engine.md §2.1). */
const acknowledged = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 } as const

/**
 * Where the vendor's callbacks arrive. Who sent them has been checked before the body was read (`callback-gate.ts`);
 * the answer goes out when the fact is on disk.
 */
@ApiExcludeController()
@Public()
@Controller('callbacks/live')
export class CallbacksController {
  constructor(@Inject(RECEIVE_CALLBACK) private readonly receive: CallbackReceiver) {}

  @Post(['', ':pathSecret'])
  @HttpCode(200)
  async callback(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const query = checkedQuery(request)
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const parsed = parseVendorJson(raw)
    if (!parsed.ok) throw new Problem({ type: 'invalid-request', detail: `The body is not usable: ${parsed.problem}.` })
    const clientIp = query.get('clientip')
    const optPlatform = query.get('optplatform')
    const receipt = await holdingPlace(request, () =>
      this.receive({
        command: query.get('callbackcommand'),
        rawBody: raw.toString('utf8'),
        body: parsed.value,
        ...(clientIp !== undefined && { clientIp }),
        ...(optPlatform !== undefined && { optPlatform }),
        receivedFrom: request.ip,
      }),
    )
    callbacksReceived.inc({ result: receipt.kind })
    if (receipt.kind === 'recorded') void reply.header('Ledger-Position', receipt.position)
    return acknowledged
  }
}
