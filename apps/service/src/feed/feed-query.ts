import { IntersectionType } from '@nestjs/swagger'
import { IsString } from 'class-validator'
import { Optional } from '#platform'
import { eventTypes } from '#room'
import { OptionalChoices, OptionalNumber, OptionalText } from '../queries/query-params.js'

/** Longer than any cursor: a room id may be 48 bytes. */
export const longestCursor = 200
/** Seconds. */
export const longestWait = 30

class WhatQuery {
  @OptionalChoices(eventTypes, 'Types of event') types?: string[]
  @OptionalText(48, 'Events of this room alone.') roomId?: string
}

class FromQuery {
  @OptionalText(longestCursor, 'Events behind this one: a cursor, `start` (default) or `now`.') after?: string
}

export class PageBounds {
  @OptionalNumber(1, 500, 'Events in the answer, 1 to 500; default 50.') limit?: number
  @OptionalNumber(0, longestWait, 'Seconds to wait for an event where there is none yet, 0 (default) to 30.') wait?: number
}

export class EventsQuery extends IntersectionType(FromQuery, WhatQuery, PageBounds) {}

/** The guard has read it: it must only be known here. */
class WhoQuery {
  @Optional() @IsString() access_token?: string
}

export class StreamQuery extends IntersectionType(FromQuery, WhatQuery, WhoQuery) {}
