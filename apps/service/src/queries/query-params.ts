import { applyDecorators } from '@nestjs/common'
import { ApiPropertyOptional, IntersectionType } from '@nestjs/swagger'
import { Transform } from 'class-transformer'
import { IsBoolean, IsIn, IsInt, IsISO8601, IsString, Max, MaxLength, Min } from 'class-validator'
import { Optional } from '#platform'
import { eventTypes } from '#room'

/** Query parameters come as text; each decorator says what the text must be, and turns it into its value. */

export const OptionalText = (maxLength: number, description: string) =>
  applyDecorators(ApiPropertyOptional({ type: String, description }), Optional(), IsString(), MaxLength(maxLength))

export const OptionalNumber = (min: number, max: number, description: string) =>
  applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: min, maximum: max, description }),
    Optional(),
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value)),
    IsInt(),
    Min(min),
    Max(max),
  )

export const OptionalBoolean = (description: string) =>
  applyDecorators(
    ApiPropertyOptional({ type: Boolean, description }),
    Optional(),
    Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value)),
    IsBoolean(),
  )

/** Any RFC 3339 time; it is compared in the ledger's own form, UTC with milliseconds: further digits are cut. */
export const OptionalTime = (description: string) =>
  applyDecorators(
    ApiPropertyOptional({ type: String, format: 'date-time', description }),
    Optional(),
    IsISO8601({ strict: true, strictSeparator: true }),
    Transform(({ value }: { value: unknown }) => toUtc(value)),
  )

const toUtc = (value: unknown): unknown => {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i.test(value)) return null
  const time = Date.parse(value)
  return Number.isNaN(time) || !isInCalendar(value) ? null : inFourDigitYear(new Date(time).toISOString())
}

/** `Date.parse` takes February 30th for March 2nd. */
const isInCalendar = (text: string): boolean => {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number]
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** An offset may lead out of the years in which times compare as text. */
const inFourDigitYear = (time: string): string | null => (/^\d{4}-/.test(time) ? time : null)

export const OptionalChoice = (values: readonly string[], description: string) =>
  applyDecorators(ApiPropertyOptional({ enum: values, description }), Optional(), IsIn([...values]))

/** Comma-separated names, each out of a list. */
export const OptionalChoices = (values: readonly string[], description: string) =>
  applyDecorators(
    ApiPropertyOptional({ type: String, description: `${description}. Comma-separated: ${values.join(', ')}.` }),
    Optional(),
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value)),
    IsIn([...values], { each: true }),
  )

/** What every read may ask for. */
export class FreshQuery {
  @OptionalText(400, 'A position out of an earlier answer: wait up to 5 s until this answer includes it.') minPosition?: string
}

/** From where a read looks back. */
class TwoTimes {
  @OptionalTime('As it was then: of what is known, only what had happened by that time (occurredAt), inclusive.') at?: string
  @OptionalTime('As it was known then: only what the service had recorded by that time (recordedAt), inclusive.') knownAt?: string
}
export class RoomQuery extends IntersectionType(FreshQuery, TwoTimes) {}

export class PageQuery extends FreshQuery {
  @OptionalNumber(1, 500, 'Items in the answer, 1 to 500.') limit?: number
  @OptionalText(2000, 'nextCursor of the page before.') cursor?: string
}

export class PageAsOfQuery extends IntersectionType(PageQuery, TwoTimes) {}

class RoomFilters {
  @OptionalChoice(['active', 'destroyed'], 'Default: both.') status?: 'active' | 'destroyed'
  @OptionalText(128, 'Account that owns the room.') owner?: string
  @OptionalNumber(-(2 ** 31), 2 ** 31 - 1, 'A tag that the room carries.') category?: number
  @OptionalNumber(-(2 ** 31), 2 ** 31 - 1, 'Activity status.') activityStatus?: number
  @OptionalBoolean('Listed for everybody or not.') isPublicVisible?: boolean
  @OptionalTime('Changed at or after this time.') updatedSince?: string
  @OptionalText(200, 'Part of the id or the name.') q?: string
  @OptionalChoice(['updatedAt', 'createdAt', 'roomId', '-updatedAt', '-createdAt', '-roomId'], 'Order; a minus before it turns it round.')
  sort?: 'updatedAt' | 'createdAt' | 'roomId' | '-updatedAt' | '-createdAt' | '-roomId'
}
export class ListRoomsQuery extends IntersectionType(PageQuery, RoomFilters) {}

class HistoryFilters {
  @OptionalChoice(['asc', 'desc'], 'Order of recording; default asc.') order?: 'asc' | 'desc'
  @OptionalChoices(eventTypes, 'Types of event') types?: string[]
  @OptionalTime('Happened at or after this time.') from?: string
  @OptionalTime('Happened before this time.') to?: string
  @OptionalChoice(['operations'], 'operations: requests and outcomes too.') include?: 'operations'
}
export class RoomHistoryQuery extends IntersectionType(PageAsOfQuery, HistoryFilters) {}

class OperationFilters {
  @OptionalChoice(['requested', 'accepted', 'confirmed', 'rejected', 'unresolved'], 'Status.') status?:
    'requested' | 'accepted' | 'confirmed' | 'rejected' | 'unresolved'
  @OptionalText(48, 'Room id.') roomId?: string
  @OptionalText(200, 'Id of the credential that asked.') requestedBy?: string
  @OptionalTime('Asked for at or after this time.') since?: string
}
export class ListOperationsQuery extends IntersectionType(PageQuery, OperationFilters) {}
