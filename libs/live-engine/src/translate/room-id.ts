import { fitsBytes, limits } from '../wire/limits.js'
import type { FieldReader } from './field-reader.js'

/**
 * The room id, at top level or in RoomInfo, depending on the command and the edition. A bare number is its digits.
 * Undefined after a misfit.
 */
export const readRoomId = (body: FieldReader, info: FieldReader): string | undefined => {
  const outer = body.account('RoomId')
  const inner = info.account('RoomId')
  const roomId = outer ?? inner
  if (roomId === undefined) return body.misfit('RoomId is required')
  if (inner !== undefined && inner !== roomId) return body.misfit('RoomId and RoomInfo.RoomId differ')
  if (!fitsBytes(roomId, limits.roomIdBytes)) return body.misfit(`RoomId must be at most ${limits.roomIdBytes} bytes`)
  return /\p{Cc}/u.test(roomId) ? body.misfit('RoomId must not hold control characters') : roomId
}
