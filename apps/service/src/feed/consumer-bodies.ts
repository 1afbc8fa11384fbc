import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger'
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsIn, IsString, MaxLength, NotEquals } from 'class-validator'
import { now } from '#feed'
import { Optional } from '#platform'
import { eventTypes } from '#room'
import { OptionalNumber, OptionalText } from '../queries/query-params.js'
import { longestCursor } from './feed-query.js'

/** Body of `PUT /v1/consumers/{name}`. */
export class ConsumerBody {
  @ApiProperty({
    type: String,
    description: 'Where it begins: `start`, `now` (what comes after this request), or behind the event of a cursor.',
  })
  @IsString()
  @MaxLength(longestCursor)
  from: string

  @ApiPropertyOptional({ type: String, isArray: true, enum: eventTypes, description: 'Types of event; left out: all.' })
  @Optional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @IsIn([...eventTypes], { each: true })
  types?: string[]
}

/** Body of `POST /v1/consumers/{name}/ack`. */
export class AckBody {
  @ApiProperty({ type: String, description: '`cursor` of a page, or of an event, that the consumer was given.' })
  @IsString()
  @MaxLength(longestCursor)
  @NotEquals(now, { message: 'cursor must name an event: what is there now may not have been given out' })
  cursor: string
}

/** Query of `GET /v1/consumers`. */
export class ListConsumersQuery {
  @OptionalNumber(1, 500, 'Items in the answer, 1 to 500; default 50.') limit?: number
  @OptionalText(longestCursor, 'nextCursor of the page before.') cursor?: string
}
