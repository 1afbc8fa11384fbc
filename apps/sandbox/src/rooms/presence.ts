import { memberStateChanged, type MemberCause } from '../callbacks/bodies.js'
import { done, refuse, type Outcome } from '../outcome.js'
import type { Room } from './room.js'
import { findRoom, readAccount, type Actor, type Deed, type World } from './world.js'

type Step = (world: World, actor: Actor, room: Room) => Outcome

const inRoom =
  (step: Step): Deed =>
  (world, actor, body) => {
    const found = findRoom(world, body)
    return 'room' in found ? step(world, actor, found.room) : found
  }

const member = (room: Room, account: string) => room.members.find((one) => one.account === account)
const notMember = () => refuse(100005, 'not a member of the room')

/** Every entry counts as a view, repeated ones too. Entering once more while inside is a second entry (another device). */
export const enter = inRoom((world, actor, room) => {
  const known = member(room, actor.account)
  if (!known && room.members.length >= room.info.MaxMemberCount) return refuse(100008, 'room is full')
  if (known) known.online = true
  else room.members.push({ account: actor.account, online: true })
  room.entries += 1
  if (actor.account === room.owner) room.ownerLeftAt = room.ownerLostAt = null
  return announce(world, actor, room, 'Enter')
})

export const leave = inRoom((world, actor, room) => {
  if (!member(room, actor.account)) return notMember()
  room.members = room.members.filter((one) => one.account !== actor.account)
  if (actor.account === room.owner) {
    room.ownerLeftAt = world.now()
    room.ownerLostAt = null
  }
  return announce(world, actor, room, 'Leave')
})

/** The moment at which the vendor notices; in real life 90 to 110 s after the connection is gone (cn 269/125793). */
export const loseHeartbeat = inRoom((world, actor, room) => {
  const known = member(room, actor.account)
  if (!known) return notMember()
  if (!known.online) return done()
  known.online = false
  if (actor.account === room.owner) room.ownerLostAt = world.now()
  return announce(world, actor, room, 'HeartbeatInterrupt')
})

export const resumeHeartbeat = inRoom((world, actor, room) => {
  const known = member(room, actor.account)
  if (!known) return notMember()
  if (known.online) return done()
  known.online = true
  if (actor.account === room.owner) room.ownerLostAt = null
  return announce(world, actor, room, 'HeartbeatRecover')
})

/** Whoever cannot be heard is not there: a room in which only lost members are left counts as empty. */
function announce(world: World, actor: Actor, room: Room, cause: MemberCause): Outcome {
  const someone = room.members.some((one) => one.online)
  room.emptySince = someone ? null : (room.emptySince ?? world.now())
  world.tell(memberStateChanged(room.roomId, actor.account, cause, world.rooms.stamp(room.roomId)), room.roomId, actor)
  return done()
}

/** Bots come and go without a callback (trtc 69079 names none). */
const bot =
  (change: (bots: string[], account: string) => string[]): Deed =>
  (world, _actor, body) => {
    const found = findRoom(world, body)
    if (!('room' in found)) return found
    const { room } = found
    const read = readAccount(world, body['Robot_Account'], 'Robot_Account')
    if (!('account' in read)) return read
    const exempt = room.bots.length > 0
    room.bots = change(room.bots, read.account)
    // The wait of rule 1 begins when nothing exempts the room any more, not when people left.
    if (exempt && room.bots.length === 0 && room.emptySince !== null) room.emptySince = world.now()
    return done()
  }

export const addBot = bot((bots, account) => (bots.includes(account) ? bots : [...bots, account]))
export const removeBot = bot((bots, account) => bots.filter((one) => one !== account))
