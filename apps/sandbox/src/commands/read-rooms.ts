import { limits } from '#live-engine/wire'
import { done, illegal } from '../outcome.js'
import { createTime } from '../rooms/room.js'
import { findRoom, type Deed } from '../rooms/world.js'

/** `get_room_info` (tc 1071/76887): the only place where a notice can be read. CreateTime is in seconds. */
export const getRoomInfo: Deed = (world, _actor, body) => {
  const found = findRoom(world, body)
  if (!('room' in found)) return found
  const { room } = found
  const i = room.info
  return done({
    RoomInfo: {
      RoomId: room.roomId,
      RoomName: i.RoomName,
      RoomType: 'Live',
      Owner_Account: room.owner,
      CreateTime: createTime(room),
      IsSeatEnabled: i.IsSeatEnabled,
      TakeSeatMode: i.TakeSeatMode,
      MaxSeatCount: i.MaxSeatCount,
      MaxMemberCount: i.MaxMemberCount,
      IsMessageDisabled: i.IsMessageDisabled,
      CoverURL: i.CoverURL,
      Category: i.Category,
      ActivityStatus: i.ActivityStatus,
      ViewCount: room.entries,
      IsPublicVisible: i.IsPublicVisible,
      Notice: i.Notice,
    },
  })
}

/**
 * `get_room_list` (tc 1071/76888): public rooms only, most viewed first, at most 20 a page, `Next: ""` at the end. The cursor
 * is an offset, so rooms that rise or fall between two calls are seen twice or not at all, as at the vendor.
 */
export const getRoomList: Deed = (world, _actor, body) => {
  const { Next: next, Count: count } = body
  if (typeof next !== 'string' || !/^\d{0,9}$/.test(next)) return illegal('Next must be a cursor of an earlier answer, or empty')
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 1) return illegal('Count must be a positive integer')
  const listed = world.rooms
    .living()
    .filter((room) => room.info.IsPublicVisible)
    .toSorted((a, b) => b.entries - a.entries || (a.roomId < b.roomId ? -1 : 1))
  const from = Number(next)
  const to = from + Math.min(count, limits.roomListCount)
  return done({
    Next: to < listed.length ? String(to) : '',
    RoomList: listed.slice(from, to).map((room) => ({
      RoomName: room.info.RoomName,
      RoomId: room.roomId,
      Owner_Account: room.owner,
      CoverURL: room.info.CoverURL,
      Category: room.info.Category,
      CreateTime: createTime(room),
      ActivityStatus: room.info.ActivityStatus,
      ViewCount: room.entries,
    })),
  })
}
