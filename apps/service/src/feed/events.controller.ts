import { Controller, Get, Headers, Inject, Query, Req, Res } from '@nestjs/common'
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger'
import type { FastifyReply } from 'fastify'
import type { Feed } from '#feed'
import { KeyInQuery, RequireScopes, type Authenticated } from '#platform'
import { FEED, STREAMS } from '../tokens.js'
import { EventsQuery, StreamQuery } from './feed-query.js'
import { placeOf } from './located.js'
import { sendPage } from './send-page.js'
import type { Streams } from './send-stream.js'

/** What happened to all rooms, in the order in which it was recorded. */
@ApiTags('feed')
@RequireScopes('events:read')
@Controller('v1/events')
export class EventsController {
  constructor(
    @Inject(FEED) private readonly feed: Feed,
    @Inject(STREAMS) private readonly streams: Streams,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Events as CloudEvents, in recorded order',
    description: 'Go on with `cursor`, also where `events` is empty: it may have moved on past what the filter leaves out.',
  })
  async page(@Query() { after = 'start', types, roomId, limit, wait }: EventsQuery, @Res() reply: FastifyReply): Promise<void> {
    const from = await placeOf(this.feed, after, 'after')
    await sendPage(reply, this.feed, { from, filter: { types, roomId }, limit, wait })
  }

  @KeyInQuery()
  @Get('stream')
  @ApiProduces('text/event-stream')
  @ApiOperation({ summary: 'Events as they are recorded', description: '`Last-Event-ID` goes before `after`.' })
  async stream(
    @Query() { after = 'start', types, roomId }: StreamQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: Authenticated,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const from = await (lastEventId ? placeOf(this.feed, lastEventId, 'Last-Event-ID') : placeOf(this.feed, after, 'after'))
    await this.streams.send(request, reply, (signal) => this.feed.follow({ from, filter: { types, roomId }, signal }))
  }
}
