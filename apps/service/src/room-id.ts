import { applyDecorators, Param, type PipeTransform } from '@nestjs/common'
import { ApiParam } from '@nestjs/swagger'
import { Problem } from '#platform'

/** The vendor's limit for a room id, in bytes of UTF-8 (live-engine.md §1.2). */
const longestRoomId = 48

/** @throws Problem 400 for what cannot be a room id */
export const checkRoomId = (roomId: string): string => {
  const problem =
    Buffer.byteLength(roomId) > longestRoomId
      ? `must be at most ${longestRoomId} bytes`
      : /\p{Cc}/u.test(roomId) || roomId === ''
        ? 'must not be empty or hold control characters'
        : undefined
  if (problem) throw new Problem({ type: 'invalid-request', detail: `roomId ${problem}.`, errors: { roomId: [problem] } })
  return roomId
}

/** Checks a room id out of a path; it comes in percent-decoded. */
const roomIdPipe: PipeTransform<string, string> = { transform: checkRoomId }

/** The `{roomId}` of a path. */
export const RoomId = () => Param('roomId', roomIdPipe)

/** Tells the API page of it. */
export const HasRoomId = () =>
  applyDecorators(ApiParam({ name: 'roomId', type: String, description: 'Room id, percent-encoded. At most 48 bytes.' }))
