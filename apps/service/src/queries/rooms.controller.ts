import { Controller, Get, Headers, Query, Res } from '@nestjs/common'
import { QueryBus } from '@nestjs/cqrs'
import { ApiOperation, ApiTags } from '@nestjs/swagger'
import type { FastifyReply } from 'fastify'
import { RequireScopes } from '#platform'
import { HasRoomId, RoomId } from '../room-id.js'
import { FindRoom, ListOperations, ListRooms, ReadOwners, ReadRoomHistory } from './queries.js'
import { ListOperationsQuery, ListRoomsQuery, PageAsOfQuery, RoomHistoryQuery, RoomQuery } from './query-params.js'

/** Rooms as they are, as they were, and who owned them. */
@ApiTags('queries')
@RequireScopes('rooms:read')
@Controller('v1/rooms')
export class RoomsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({ summary: 'Search rooms' })
  list(@Query() query: ListRoomsQuery) {
    return this.queries.execute(new ListRooms(query))
  }

  @Get(':roomId')
  @HasRoomId()
  @ApiOperation({
    summary: 'A room as it is, was at a time, or was known to be',
    description:
      'With at or knownAt the answer has no ETag: it is not what If-Match means. A moment before the first fact is 404 /problems/room-not-known-at, here and for the history and the owners.',
  })
  async find(
    @RoomId() roomId: string,
    @Query() query: RoomQuery,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const room = await this.queries.execute(new FindRoom(roomId, query))
    void reply.header('Ledger-Position', room.position)
    // Its revision may be today's though the view is not: as an If-Match it would let a command pass that it should not.
    if (query.at !== undefined || query.knownAt !== undefined) return room
    const etag = `"${room.revision}"`
    void reply.header('ETag', etag)
    // The ETag leaves requests out, so only a room without open ones is the same byte for byte.
    if (known === etag && room.pendingOperations.length === 0) return void reply.status(304)
    return room
  }

  @Get(':roomId/history')
  @HasRoomId()
  @ApiOperation({ summary: 'What happened to a room, field by field, in the order of recording' })
  history(@RoomId() roomId: string, @Query() query: RoomHistoryQuery) {
    return this.queries.execute(new ReadRoomHistory(roomId, query))
  }

  @Get(':roomId/owners')
  @HasRoomId()
  @ApiOperation({ summary: 'The owner audit trail, in the order in which it happened' })
  owners(@RoomId() roomId: string, @Query() query: PageAsOfQuery) {
    return this.queries.execute(new ReadOwners(roomId, query))
  }

  @Get(':roomId/operations')
  @HasRoomId()
  @ApiOperation({ summary: 'Operations on a room, youngest first' })
  operations(@RoomId() roomId: string, @Query() query: ListOperationsQuery) {
    return this.queries.execute(new ListOperations({ ...query, roomId }))
  }
}
