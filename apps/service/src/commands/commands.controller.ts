import { Body, Controller, Delete, Inject, Patch, Post, Put, Query, Req, Res } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CurrentRequester, Problem, RequireScopes, type Settings } from '#platform'
import type { Requester, RoomInfo } from '#room'
import { HasRoomId, RoomId } from '../room-id.js'
import { SETTINGS } from '../tokens.js'
import { answerWith } from './answer.js'
import { ChangeOwner, CreateRoom, DestroyRoom, UpdateRoom, type Asked } from './commands.js'
import { ChangeOwnerBody, CreateRoomBody, DestroyRoomQuery, UpdateRoomBody } from './dto/command-bodies.js'
import { FromHeaders, type CommandHeaders } from './headers.js'

/** Commands: each becomes an operation, is sent to the vendor, and answers with that operation. */
@ApiTags('commands')
@ApiHeader({ name: 'Idempotency-Key', required: false, description: 'Same key and same body: the same operation, for good.' })
@ApiHeader({ name: 'If-Match', required: false, description: "The room's ETag: only if it still is the youngest fact." })
@ApiHeader({ name: 'Prefer', required: false, description: 'wait=N holds the answer back up to N (≤ 30) seconds until the callback came.' })
@RequireScopes('rooms:command')
@Controller('v1/rooms')
export class CommandsController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Open a room' })
  async create(
    @Body() body: CreateRoomBody,
    @FromHeaders() headers: CommandHeaders,
    @CurrentRequester() by: Requester,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { roomId, reason, ...parameters } = body
    return answerWith(reply, await this.commands.execute(new CreateRoom(this.asked(roomId, reason, headers, by), { ...parameters })))
  }

  @Patch(':roomId')
  @HasRoomId()
  @ApiOperation({ summary: 'Change attributes of a room' })
  async update(
    @RoomId() roomId: string,
    @Body() body: UpdateRoomBody,
    @FromHeaders() headers: CommandHeaders,
    @CurrentRequester() by: Requester,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { reason, ...rest } = body
    const info: RoomInfo = { ...rest }
    if (Object.keys(info).length === 0)
      throw new Problem({
        type: 'invalid-request',
        detail: 'Name at least one field to change.',
        errors: { body: ['must hold at least one info field'] },
      })
    return answerWith(reply, await this.commands.execute(new UpdateRoom(this.asked(roomId, reason, headers, by), info)))
  }

  @Put(':roomId/owner')
  @HasRoomId()
  @ApiOperation({ summary: 'Give a room to another account' })
  async changeOwner(
    @RoomId() roomId: string,
    @Body() body: ChangeOwnerBody,
    @FromHeaders() headers: CommandHeaders,
    @CurrentRequester() by: Requester,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWith(reply, await this.commands.execute(new ChangeOwner(this.asked(roomId, body.reason, headers, by), body.newOwner)))
  }

  @Delete(':roomId')
  @HasRoomId()
  @ApiOperation({ summary: 'Dissolve a room' })
  async destroy(
    @RoomId() roomId: string,
    @Query() query: DestroyRoomQuery,
    @FromHeaders() headers: CommandHeaders,
    @CurrentRequester() by: Requester,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    refuseBody(request.body)
    return answerWith(reply, await this.commands.execute(new DestroyRoom(this.asked(roomId, query.reason, headers, by))))
  }

  private asked(roomId: string, reason: string | undefined, headers: CommandHeaders, requestedBy: Requester): Asked {
    if (this.settings.requireReason && !reason?.trim())
      throw new Problem({
        type: 'invalid-request',
        detail: 'This ledger asks for a reason with every command.',
        errors: { reason: ['is required'] },
      })
    return { roomId, ...(reason !== undefined && { reason }), requestedBy, ...headers }
  }
}

/** A reason in the body would be lost in silence. @throws Problem 400 naming each field. */
const refuseBody = (body: unknown): void => {
  const names = Object.keys(body ?? {})
  if (names.length === 0) return
  const errors = Object.fromEntries(
    names.map((name) => [name, [name === 'reason' ? 'belongs into the query: ?reason=' : `${name} is not known here`]]),
  )
  throw new Problem({ type: 'invalid-request', detail: 'DELETE takes no body.', errors })
}
