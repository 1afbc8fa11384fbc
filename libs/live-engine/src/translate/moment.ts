import type { TimeSource } from '#room'
import type { FieldReader } from './field-reader.js'

export interface OccurredAt {
  /** EventTime as sent, Unix milliseconds. */
  readonly eventTime: number | undefined
  readonly occurredAt: string
  readonly timeSource: TimeSource
}

/** Past this our times would get a fifth digit for the year and no longer sort as text. */
const endOfTime = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * When it happened: EventTime, which stands at top level, inside RoomInfo or nowhere (trtc 64422, cn 647/110679); for a
 * create without it CreateTime, which is in seconds; else the time of receipt.
 */
export const readMoment = (body: FieldReader, info: FieldReader, isCreate: boolean, receivedAt: string): OccurredAt => {
  const inner = milliseconds(info, 'EventTime', 1)
  const eventTime = milliseconds(body, 'EventTime', 1) ?? inner
  const createTime = isCreate ? milliseconds(info, 'CreateTime', 1000) : undefined
  if (eventTime !== undefined) return { eventTime, occurredAt: toRfc3339(eventTime), timeSource: 'eventTime' }
  if (createTime !== undefined) return { eventTime, occurredAt: toRfc3339(createTime), timeSource: 'createTime' }
  return { eventTime, occurredAt: receivedAt, timeSource: 'received' }
}

const milliseconds = (reader: FieldReader, name: string, unit: number): number | undefined => {
  const value = reader.integer(name)
  if (value === undefined) return undefined
  return value > 0 && value * unit <= endOfTime ? value * unit : reader.misfit(`${name} is not a plausible time`)
}

const toRfc3339 = (unixMs: number): string => new Date(unixMs).toISOString()
