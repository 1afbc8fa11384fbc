import type { RoomInfo } from '#room'
import { readRoomInfo } from '../room-info.js'
import type { FieldReader } from '../translate/field-reader.js'

/** A room as the vendor shows it. */
export interface VendorRoom {
  readonly roomId: string
  readonly owner?: string
  readonly info: RoomInfo
  /** RFC 3339, known to the second. */
  readonly createdAt?: string
  readonly viewCount?: number
}

/** What fits of a room in an answer; a field of an unexpected type was not said, as in one edition's `TakeSeatMode: 1` (trtc-zh 63420). */
export const readRoom = (reader: FieldReader, asked?: string): VendorRoom | undefined => {
  const roomId = reader.account('RoomId') ?? asked
  const owner = reader.account('Owner_Account')
  const created = reader.integer('CreateTime')
  const viewCount = reader.integer('ViewCount')
  const createdAt = created !== undefined && created > 0 && created < 253_402_300_800 ? new Date(created * 1000).toISOString() : undefined
  if (roomId === undefined) return undefined
  return {
    roomId,
    ...(owner !== undefined && { owner }),
    info: readRoomInfo(reader),
    ...(createdAt !== undefined && { createdAt }),
    ...(viewCount !== undefined && { viewCount }),
  }
}
