import { changeOwner, destroyRoom, updateRoom } from '../commands/change-room.js'
import { createRoom } from '../commands/create-room.js'
import { isObject } from '../commands/is-object.js'
import type { Outcome } from '../outcome.js'
import { addBot, enter, leave, loseHeartbeat, removeBot, resumeHeartbeat } from '../rooms/presence.js'
import type { Actor, Deed, World } from '../rooms/world.js'

type Act = Record<string, unknown>

/** What a client can do: the deed, and the body that the vendor's own client would send for it. */
const deeds: ReadonlyMap<string, readonly [Deed, (act: Act) => Record<string, unknown>]> = new Map([
  [
    'create',
    [
      createRoom,
      (act: Act) => ({ RoomInfo: { ...info(act), RoomType: 'Live', SeatTemplate: act['seatTemplate'] ?? 'VideoDynamicGrid9Seats' } }),
    ],
  ],
  ['enter', [enter, room]],
  ['leave', [leave, room]],
  ['loseHeartbeat', [loseHeartbeat, room]],
  ['resumeHeartbeat', [resumeHeartbeat, room]],
  ['addBot', [addBot, bot]],
  ['removeBot', [removeBot, bot]],
  ['transferOwner', [changeOwner, (act: Act) => ({ ...room(act), NewOwner_Account: act['newOwner'] })]],
  ['rename', [updateRoom, (act: Act) => ({ RoomInfo: { ...room(act), RoomName: act['roomName'] } })]],
  ['update', [updateRoom, (act: Act) => ({ RoomInfo: info(act) })]],
  ['dissolve', [destroyRoom, room]],
])

/** Our spelling of the fields that `create` and `update` take, against the wire's. */
const infoNames = {
  roomName: 'RoomName',
  maxMemberCount: 'MaxMemberCount',
  isMessageDisabled: 'IsMessageDisabled',
  coverUrl: 'CoverURL',
  category: 'Category',
  activityStatus: 'ActivityStatus',
  isPublicVisible: 'IsPublicVisible',
  takeSeatMode: 'TakeSeatMode',
  notice: 'Notice',
}

function room(act: Act) {
  return { RoomId: act['roomId'] }
}

function info(act: Act) {
  const fields = Object.entries(infoNames).flatMap(([ours, theirs]) => (act[ours] === undefined ? [] : [[theirs, act[ours]]]))
  return { ...room(act), ...(Object.fromEntries(fields) as Record<string, unknown>) }
}

/** `bot` names the bot; without it the account itself is one. */
function bot(act: Act) {
  return { ...room(act), Robot_Account: act['bot'] ?? act['account'] }
}

/**
 * Plays a client's deed: `{roomId, account, deed, platform?, clientIp?, …}`. The account is the operator of what follows, the
 * platform (default Android) its OptPlatform.
 * @returns the vendor's outcome, or what is wrong with the request itself
 */
export function act(world: World, body: unknown, answered: Promise<void>): Outcome | { errors: Record<string, string> } {
  if (!isObject(body)) return { errors: { body: 'must be a JSON object' } }
  const { account, platform = 'Android', clientIp = '127.0.0.1' } = body
  const known = typeof body['deed'] === 'string' ? deeds.get(body['deed']) : undefined
  const errors: Record<string, string> = {}
  if (!known) errors['deed'] = `must be one of ${[...deeds.keys()].join(', ')}`
  if (typeof account !== 'string' || account === '') errors['account'] = 'must be a string'
  if (typeof platform !== 'string') errors['platform'] = 'must be a string'
  if (typeof clientIp !== 'string') errors['clientIp'] = 'must be a string'
  if (body['deed'] === 'rename' && body['roomName'] === undefined) errors['roomName'] = 'is missing'
  if (
    !known ||
    typeof account !== 'string' ||
    typeof platform !== 'string' ||
    typeof clientIp !== 'string' ||
    Object.keys(errors).length > 0
  ) {
    return { errors }
  }
  const actor: Actor = { account, platform, clientIp, answered }
  const [deed, wireBody] = known
  return deed(world, actor, wireBody(body))
}
