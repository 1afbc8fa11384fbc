import type { RecordedEvent } from '#event-store'
import { upcast, type RoomEvent } from '#room'

/** Reads a stored event as what it is to the domain, in today's shape. */
export const toRoomEvent = ({ id, type, data, metadata, revision, position }: RecordedEvent): RoomEvent =>
  upcast({ id, type, data, metadata, revision, position: String(position) } as unknown as RoomEvent)
