import { isDeepStrictEqual } from 'node:util'
import { ownerChanged, roomDestroyed, roomUpdated } from '../callbacks/bodies.js'
import { done, illegal } from '../outcome.js'
import { readInfo, updateFields } from '../rooms/info-rules.js'
import { statistic, type Room } from '../rooms/room.js'
import { findRoom, mayNotOperate, readAccount, type Actor, type Deed, type World } from '../rooms/world.js'
import { isObject } from './is-object.js'

/**
 * `update_room_info`: the fields that are there, the others stay (tc 1071/76886). What the vendor does about an update that
 * changes nothing is not documented; the sandbox sends no callback for it, so that clients cannot come to rely on one.
 */
export const updateRoom: Deed = (world, actor, body) => {
  const given = body['RoomInfo']
  if (!isObject(given)) return illegal('RoomInfo is missing')
  const found = findRoom(world, given)
  if (!('room' in found)) return found
  const read = readInfo(given, updateFields)
  if (!('fields' in read)) return read
  const { room } = found
  const refusal = mayNotOperate(world, actor, room)
  if (refusal) return refusal
  const after = { ...room.info, ...read.fields }
  if (isDeepStrictEqual(after, room.info)) return done()
  room.info = after
  world.tell(roomUpdated(room, actor.account, world.rooms.stamp(room.roomId)), room.roomId, actor)
  return done()
}

/** `change_room_owner` (tc 1071/76884). The same owner again is no change, and causes no callback. */
export const changeOwner: Deed = (world, actor, body) => {
  const found = findRoom(world, body)
  if (!('room' in found)) return found
  const next = readAccount(world, body['NewOwner_Account'], 'NewOwner_Account')
  if (!('account' in next)) return next
  const { room } = found
  const refusal = mayNotOperate(world, actor, room)
  if (refusal) return refusal
  if (next.account === room.owner) return done()
  const from = room.owner
  room.owner = next.account
  // The waits of rules 2 and 3 are about the owner, and that is somebody else now.
  room.ownerLeftAt = null
  room.ownerLostAt = null
  world.tell(ownerChanged(room, from, actor.account, world.rooms.stamp(room.roomId)), room.roomId, actor)
  return done()
}

/** `destroy_room`, with the totals that newer editions return (cn 647/110040). Again: 100004. */
export const destroyRoom: Deed = (world, actor, body) => {
  const found = findRoom(world, body)
  if (!('room' in found)) return found
  const refusal = mayNotOperate(world, actor, found.room)
  if (refusal) return refusal
  endRoom(world, actor, found.room, 'DestroyByUser')
  return done({ Statistic: statistic(found.room) })
}

/** Ends a room's life. No member callbacks follow for those still inside (trtc 64424). */
export function endRoom(world: World, actor: Actor, room: Room, cause: string): void {
  const at = world.rooms.stamp(room.roomId)
  room.destroyed = { at, cause, operator: actor.account }
  world.rooms.bury(room)
  world.tell(roomDestroyed(room, actor.account, cause, at), room.roomId, actor)
}
