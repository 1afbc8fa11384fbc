import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Put, Query, Res } from '@nestjs/common'
import { ApiOperation, ApiTags } from '@nestjs/swagger'
import type { FastifyReply } from 'fastify'
import type { Consumers, Feed } from '#feed'
import { CurrentRequester, RequireScopes, type Requester } from '#platform'
import { decodeCursor, encodeCursor } from '../queries/cursor.js'
import { CONSUMERS, FEED } from '../tokens.js'
import { AckBody, ConsumerBody, ListConsumersQuery } from './consumer-bodies.js'
import { ConsumerName, HasConsumerName } from './consumer-name.js'
import { notMoved, refusal, unknownConsumer } from './consumer-problems.js'
import { PageBounds } from './feed-query.js'
import { placeOf } from './located.js'
import { budgets, presentConsumer, viewsOf, withWaiting } from './present-consumer.js'
import { sendPage } from './send-page.js'

const usualLimit = 50

/** Readers of the feed whose place the service keeps. */
@ApiTags('feed')
@RequireScopes('events:read')
@Controller('v1/consumers')
export class ConsumersController {
  constructor(
    @Inject(CONSUMERS) private readonly consumers: Consumers,
    @Inject(FEED) private readonly feed: Feed,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Named consumers, by name, and how far behind each is',
    description: '`lag` is exact for those that are near the end of the feed; with `lagIsAtLeast` there may be more.',
  })
  async list(@Query() { limit = usualLimit, cursor }: ListConsumersQuery) {
    const after = cursor === undefined ? '' : decodeCursor(cursor, isName)[0]
    const rest = (await this.consumers.list()).filter(({ name }) => name > after)
    const views = await viewsOf(this.consumers, rest.slice(0, limit))
    const items = (await withWaiting(this.feed, views, budgets.many)).map(presentConsumer)
    return { items, nextCursor: rest.length > limit ? encodeCursor(items.at(-1)!.name) : null }
  }

  @Put(':name')
  @HasConsumerName()
  @ApiOperation({
    summary: 'Register a consumer',
    description: '201 for a new one; 200, and nothing changes, where it is there with the same settings; 409 where they differ.',
  })
  async register(
    @ConsumerName() name: string,
    @Body() { from, types }: ConsumerBody,
    @CurrentRequester() by: Requester,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { cursor } = await placeOf(this.feed, from, 'from')
    const verdict = await this.consumers.register({ name, from, cursor, types, createdBy: { ...by } })
    if (verdict === 'exists' || verdict === 'too-many') throw refusal(verdict, name)
    if (verdict === 'new') void reply.status(201).header('Location', `/v1/consumers/${name}`)
    return this.find(name)
  }

  @Get(':name')
  @HasConsumerName()
  @ApiOperation({
    summary: 'A consumer, how far it is, and what waits for it',
    description:
      '`position`: what is acknowledged. `delivered`: how far it was given events. `lag`: events behind `position`, of its types, up to 10,000; `lagIsAtLeast`: there may be more. `oldestWaiting`: when the first of them was recorded.',
  })
  async find(@ConsumerName() name: string) {
    const view = await this.consumers.find(name)
    if (!view) throw unknownConsumer(name)
    const [located] = await withWaiting(this.feed, [view], budgets.one)
    return presentConsumer(located!)
  }

  @Get(':name/events')
  @HasConsumerName()
  @ApiOperation({
    summary: 'Events behind what is acknowledged, as CloudEvents, in recorded order',
    description: 'The same again until they are acknowledged, whoever asks: with `cursor` of the page, also where `events` is empty.',
  })
  async events(@ConsumerName() name: string, @Query() { limit, wait }: PageBounds, @Res() reply: FastifyReply): Promise<void> {
    const view = await this.consumers.find(name)
    if (!view) throw unknownConsumer(name)
    const { registration, progress } = view
    const from = await placeOf(this.feed, progress.acked, 'position')
    await sendPage(reply, this.feed, { from, filter: { types: registration.types }, limit, wait }, async ({ place }) => {
      if (place.position <= from.position) return
      const moved = await this.consumers.delivering(name, place)
      if (!moved.ok) throw notMoved(moved.problem, name)
    })
  }

  @Post(':name/ack')
  @HttpCode(200)
  @HasConsumerName()
  @ApiOperation({
    summary: 'Say that all up to an event is done with',
    description: 'Said again it changes nothing. It goes forward only, and no further than what was given out.',
  })
  async acknowledge(@ConsumerName() name: string, @Body() { cursor }: AckBody) {
    const moved = await this.consumers.acknowledge(name, await placeOf(this.feed, cursor, 'cursor'))
    if (!moved.ok) throw notMoved(moved.problem, name)
    return { name, position: moved.acked, delivered: moved.delivered }
  }

  @Delete(':name')
  @HttpCode(204)
  @HasConsumerName()
  @ApiOperation({ summary: 'Remove a consumer', description: 'One that takes its name later begins where it is told to.' })
  async remove(@ConsumerName() name: string, @CurrentRequester() by: Requester): Promise<void> {
    if (!(await this.consumers.remove(name, { ...by }))) throw unknownConsumer(name)
  }
}

const isName = (parts: unknown): parts is readonly [string] => Array.isArray(parts) && parts.length === 1 && typeof parts[0] === 'string'
