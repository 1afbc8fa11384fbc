import type { RecordedEvent } from '#event-store'
import { eventTypes } from '#room'
import { roomPrefix } from './cursor.js'

export interface FeedFilter {
  /** Short names (`OwnerChanged`); left out: all. */
  readonly types?: readonly string[] | undefined
  readonly roomId?: string | undefined
}

/** Whether an event is one of the feed's, and wanted. Others may write to a room's stream too; what they mean is not ours to say. */
export const wants = ({ types, roomId }: FeedFilter): ((event: RecordedEvent) => boolean) => {
  const wanted = new Set<string>(types ?? eventTypes)
  const stream = roomId === undefined ? undefined : `${roomPrefix}${roomId}`
  return (event) => wanted.has(event.type) && (stream === undefined || event.stream === stream)
}

/** The same for filters that want the same. */
export const keyOf = ({ types, roomId }: FeedFilter): string => JSON.stringify([types?.toSorted() ?? null, roomId ?? null])
