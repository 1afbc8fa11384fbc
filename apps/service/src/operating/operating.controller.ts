import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common'
import { ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Projections } from '#projections'
import { RequireScopes } from '#platform'
import { lagOf } from '../health/lag.js'
import { presentRoom } from '../ledger/present.js'
import { unknownRoom } from '../queries/not-found.js'
import { HasRoomId, RoomId } from '../room-id.js'
import { reconcile, type SettleParts } from '../settlement/settle.js'
import { PROJECTIONS, SETTLE_PARTS } from '../tokens.js'
import { vendorProblem } from '../vendor-problem.js'

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

  @Post('rooms/:roomId/reconcile')
  @HttpCode(200)
  @HasRoomId()
  @ApiOperation({ summary: 'Ask the vendor about a room now; adopts one that the ledger has never heard of' })
  async reconcile(@RoomId() roomId: string) {
    const failure = await reconcile(this.parts, roomId)
    if (failure) throw vendorProblem(failure.vendor)
    const room = presentRoom(roomId, await this.parts.ledger.load(roomId))
    if (!room) throw unknownRoom(roomId)
    return room
  }
}
