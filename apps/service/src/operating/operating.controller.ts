import { Controller, Get, HttpCode, Inject, Post, Query, Res } from '@nestjs/common'
import { ApiOperation, ApiTags } from '@nestjs/swagger'
import type { FastifyReply } from 'fastify'
import type { Projections } from '#projections'
import { Problem, RequireScopes } from '#platform'
import { lagOf } from '../health/lag.js'
import { presentRoom } from '../ledger/present.js'
import { HasRoomId, RoomId } from '../room-id.js'
import { reconcile, type SettleParts } from '../settlement/settle.js'
import { PROJECTIONS, SETTLE_PARTS } from '../tokens.js'
import { lookProblem } from '../vendor-problem.js'
import { listVendorRooms, VendorRoomsQuery } from './vendor-rooms.js'

/** What an operator of the service itself needs. */
@ApiTags('operating')
@RequireScopes('admin')
@Controller('v1')
export class OperatingController {
  constructor(
    @Inject(PROJECTIONS) private readonly projections: Projections,
    @Inject(SETTLE_PARTS) private readonly parts: SettleParts,
  ) {}

  @Get('projections')
  @ApiOperation({ summary: 'State and lag of the projections' })
  async status() {
    const items = (await this.projections.status()).map((state) => ({
      ...state,
      position: String(state.position),
      head: String(state.head),
      lag: lagOf(state),
    }))
    return { items, nextCursor: null }
  }

  @Get('vendor/rooms')
  @ApiOperation({ summary: "The vendor's public rooms, page by page as the vendor lists them; nothing is recorded" })
  vendorRooms(@Query() { cursor }: VendorRoomsQuery) {
    return listVendorRooms(this.parts.live, cursor)
  }

  @Post('rooms/:roomId/reconcile')
  @HttpCode(200)
  @HasRoomId()
  @ApiOperation({
    summary: 'Ask the vendor about a room now; adopts one that the ledger has never heard of',
    description:
      'The room as it is then, and under `reconciliation` what the look brought: adopted, changed or unchanged, and the new facts.',
  })
  async reconcile(@RoomId() roomId: string, @Res({ passthrough: true }) reply: FastifyReply) {
    const result = await reconcile(this.parts, roomId)
    if (result.outcome !== 'looked') throw lookProblem(result.failure)
    const room = presentRoom(roomId, result.state)
    if (!room) throw new Problem({ type: 'not-found', detail: `Neither the vendor nor the ledger knows a room ${JSON.stringify(roomId)}.` })
    void reply.header('ETag', `"${room.revision}"`).header('Ledger-Position', room.position)
    const facts = result.found.map(({ id, type, metadata: { occurredAt } }) => ({ eventId: id, type, occurredAt }))
    const outcome = result.adopted ? 'adopted' : facts.length > 0 ? 'changed' : 'unchanged'
    return { ...room, reconciliation: { outcome, exists: result.exists, facts } }
  }
}
