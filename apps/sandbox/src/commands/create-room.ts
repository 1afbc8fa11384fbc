import { roomCreated } from '../callbacks/bodies.js'
import { done, illegal, refuse, type Outcome } from '../outcome.js'
import { createFields, readInfo, readRoomId } from '../rooms/info-rules.js'
import type { Room, RoomInfo } from '../rooms/room.js'
import { readAccount, type Actor, type Deed, type World } from '../rooms/world.js'
import { isObject } from './is-object.js'

/** `create_room` (tc 1071/76885). */
export const createRoom: Deed = (world, actor, body) => {
  const given = body['RoomInfo']
  if (!isObject(given)) return illegal('RoomInfo is missing')
  const id = readRoomId(given['RoomId'])
  if (!('roomId' in id)) return id
  if (typeof given['RoomType'] !== 'string') return illegal('RoomType is missing')
  if (given['RoomType'] !== 'Live') return refuse(100015, 'RoomType must be Live')
  if (given['SeatTemplate'] === undefined || given['SeatTemplate'] === '') return illegal('SeatTemplate is missing')
  const read = readInfo(given, createFields)
  if (!('fields' in read)) return read
  const owner = readAccount(world, given['Owner_Account'] === undefined ? actor.account : given['Owner_Account'], 'Owner_Account')
  if (!('account' in owner)) return owner
  return taken(world, actor, id.roomId, owner.account) ?? begin(world, actor, id.roomId, owner.account, read.fields)
}

/**
 * The id's guard (100012) stands before all else: two creates within a second are too frequent whatever stands at the id.
 * Whether 100010 means the caller or the owner asked for is not documented: either will do here.
 */
function taken(world: World, actor: Actor, roomId: string, owner: string): Outcome | undefined {
  const last = world.rooms.lastCreated(roomId)
  if (last !== undefined && world.now() - last < world.createIntervalMs) return refuse(100012, 'room is created too frequently')
  const room = world.rooms.get(roomId)
  if (!room) return undefined
  if (room.owner === owner || room.owner === actor.account) return refuse(100010, 'room id has been used and the operator is its owner')
  return refuse(100003, 'room id already exists')
}

function begin(world: World, actor: Actor, roomId: string, owner: string, info: Partial<RoomInfo>): Outcome {
  const at = world.rooms.stamp(roomId)
  const room: Room = {
    roomId,
    life: world.rooms.nextLife(roomId),
    createdAt: at,
    owner,
    info: { ...defaults(roomId, info.SeatTemplate ?? ''), ...info },
    admins: [],
    metadata: [],
    members: [],
    bots: [],
    entries: 0,
    lastEventAt: at,
    emptySince: null,
    ownerLeftAt: null,
    ownerLostAt: null,
    destroyed: null,
  }
  world.rooms.add(room)
  world.tell(roomCreated(room, actor.account, at), roomId, actor)
  return done()
}

/** Defaults of the create page where it names one; 300 members is the figure of the vendor's sample. */
function defaults(roomId: string, seatTemplate: string): RoomInfo {
  return {
    RoomName: roomId,
    MaxMemberCount: 300,
    IsMessageDisabled: false,
    CoverURL: '',
    Category: [],
    ActivityStatus: 0,
    IsPublicVisible: true,
    TakeSeatMode: 'FreeToTake',
    Notice: '',
    CustomInfo: '',
    BackgroundURL: '',
    SeatTemplate: seatTemplate,
    IsSeatEnabled: true,
    // The template's name says its number of seats (VideoDynamicGrid9Seats); the audio ones take a figure and have none by name.
    MaxSeatCount: Number(/(\d+)Seats?$/.exec(seatTemplate)?.[1] ?? 10),
    IsUnlimitedRoomEnabled: false,
  }
}
