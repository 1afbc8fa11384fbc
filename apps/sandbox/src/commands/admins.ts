import { limits } from '#live-engine/wire'
import { adminsChanged } from '../callbacks/bodies.js'
import { done, illegal, refuse } from '../outcome.js'
import { findRoom, mayNotOperate, readAccount, type Deed } from '../rooms/world.js'

/** `get_admin_list`: the room's own admins, without the owner. */
export const getAdmins: Deed = (world, _actor, body) => {
  const found = findRoom(world, body)
  return 'room' in found ? done({ Admin_Account: found.room.admins }) : found
}

/** `modify_admin`: the callback names the accounts for which something changed. */
export const modifyAdmins: Deed = (world, actor, body) => {
  const found = findRoom(world, body)
  if (!('room' in found)) return found
  const { room } = found
  const change = body['OpType']
  if (change !== 'add' && change !== 'delete') return illegal('OpType must be add or delete')
  const given: unknown = body['Admin_Account']
  if (!Array.isArray(given) || given.length === 0) return illegal('Admin_Account must be an array of accounts')
  const named = new Set<string>()
  for (const value of given as unknown[]) {
    const read = readAccount(world, value, 'Admin_Account')
    if (!('account' in read)) return read
    named.add(read.account)
  }
  const refusal = mayNotOperate(world, actor, room)
  if (refusal) return refusal
  const changed = [...named].filter((account) => room.admins.includes(account) === (change === 'delete'))
  if (changed.length === 0) return done()
  const after = change === 'add' ? [...room.admins, ...changed] : room.admins.filter((account) => !named.has(account))
  if (after.length > limits.admins) return refuse(100020, `a room has at most ${limits.admins} admins`)
  room.admins = after
  world.tell(adminsChanged(room.roomId, changed, change, actor.account, world.rooms.stamp(room.roomId)), room.roomId, actor)
  return done()
}
