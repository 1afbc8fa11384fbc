import type { RoomInfo, Statistics } from '#room'
import { readRoomInfo, readStatistics, toVendorInfo, type SettableInfo } from '../room-info.js'
import type { FieldReader } from '../translate/field-reader.js'
import { restCommands } from '../wire/commands.js'
import type { ChangeRoomOwnerRequest, CreateRoomRequest, GetRoomListRequest, RoomRequest, UpdateRoomInfoRequest } from '../wire/requests.js'
import { createCall, type VendorResult } from './call.js'
import { createTransport, shutdown } from './transport.js'
import { createUserSigCache } from './user-sig-cache.js'

export interface LiveEngineSettings {
  /** For example `https://adminapisgp.im.qcloud.com`; the host depends on the application's region (trtc 63398). */
  readonly baseUrl: string
  readonly sdkAppId: number
  readonly adminAccount: string
  readonly secretKey: string
  /** For one call with all its repetitions; the vendor itself takes up to 3000. */
  readonly timeoutMs: number
  /** Unix milliseconds; the clock that UserSigs are dated by. */
  readonly now?: () => number
}

/** The answer to a write; `statistics` only ever after a destroy, and not in older editions. */
export type VendorCallResult = VendorResult<{ readonly statistics?: Statistics }>

/** A room as the vendor shows it. */
export interface VendorRoom {
  readonly roomId: string
  readonly owner?: string
  readonly info: RoomInfo
  /** RFC 3339, known to the second. */
  readonly createdAt?: string
  readonly viewCount?: number
}

/**
 * The vendor's REST API. No call throws for the vendor's sake: whatever comes back, or does not, is a value. Writes
 * whose outcome is not known are not repeated.
 */
export interface LiveEngine {
  readonly createRoom: (room: {
    roomId: string
    seatTemplate: string
    owner?: string
    info: Omit<SettableInfo, 'notice'>
  }) => Promise<VendorCallResult>
  readonly updateRoomInfo: (change: { roomId: string; info: SettableInfo }) => Promise<VendorCallResult>
  readonly changeRoomOwner: (change: { roomId: string; newOwner: string }) => Promise<VendorCallResult>
  readonly destroyRoom: (room: { roomId: string }) => Promise<VendorCallResult>
  readonly getRoomInfo: (room: { roomId: string }) => Promise<VendorResult<{ readonly room: VendorRoom }>>
  /** Public rooms only. `next` is empty for the first page and after the last; `count` at most 20. */
  readonly getRoomList: (page: {
    next: string
    count: number
  }) => Promise<VendorResult<{ readonly rooms: readonly VendorRoom[]; readonly next: string }>>
  /** Waits no longer for answers: calls in flight, and any made later, end as `unknown` with the cause `shutdown`. */
  readonly cutOff: () => void
  /** Waits for the calls in flight. */
  readonly close: () => Promise<void>
}

/**
 * Opens a client of the vendor's REST API.
 * @throws TypeError when `baseUrl` is no URL.
 */
export const createLiveEngine = (settings: LiveEngineSettings): LiveEngine => {
  const { baseUrl, sdkAppId, adminAccount, secretKey, timeoutMs, now = Date.now } = settings
  const transport = createTransport(baseUrl, timeoutMs)
  const userSigs = createUserSigCache(settings, now)
  const cut = new AbortController()
  const call = createCall({ transport, userSigs, sdkAppId, adminAccount, secretKey, timeoutMs, cutOff: cut.signal })
  const write = async <Request extends object>(command: string, body: Request): Promise<VendorCallResult> => {
    const result = await call(command, body, false)
    if (result.outcome !== 'ok') return result
    const statistics = readStatistics(result.response.object('Statistic'))
    return { outcome: 'ok', vendor: result.vendor, ...(statistics && { statistics }) }
  }

  return {
    createRoom: ({ roomId, seatTemplate, owner, info }) => {
      const { Notice: _notice, ...rest } = toVendorInfo(info)
      // The vendor's own clients create every room with IsUnlimitedRoomEnabled, documented here (trtc 64423) with default
      // false: a room of ours shall behave as one that they made. On update it is not documented, so it is not sent.
      return write<CreateRoomRequest>(restCommands.createRoom, {
        RoomInfo: {
          ...rest,
          RoomId: roomId,
          RoomType: 'Live',
          SeatTemplate: seatTemplate,
          ...(owner !== undefined && { Owner_Account: owner }),
          IsUnlimitedRoomEnabled: true,
        },
      })
    },
    updateRoomInfo: ({ roomId, info }) =>
      write<UpdateRoomInfoRequest>(restCommands.updateRoomInfo, { RoomInfo: { RoomId: roomId, ...toVendorInfo(info) } }),
    changeRoomOwner: ({ roomId, newOwner }) =>
      write<ChangeRoomOwnerRequest>(restCommands.changeRoomOwner, { RoomId: roomId, NewOwner_Account: newOwner }),
    destroyRoom: ({ roomId }) => write<RoomRequest>(restCommands.destroyRoom, { RoomId: roomId }),

    getRoomInfo: async ({ roomId }) => {
      const result = await call(restCommands.getRoomInfo, { RoomId: roomId } satisfies RoomRequest, true)
      if (result.outcome !== 'ok') return result
      const info = result.response.object('RoomInfo')
      const room = readRoom(info, roomId)
      // The answer about another room, or about none, is no answer.
      if (!info.present || room?.roomId !== roomId) return { outcome: 'unknown', cause: 'unreadable-answer', vendor: result.vendor }
      return { outcome: 'ok', vendor: result.vendor, room }
    },
    getRoomList: async ({ next, count }) => {
      const result = await call(restCommands.getRoomList, { Next: next, Count: count } satisfies GetRoomListRequest, true)
      if (result.outcome !== 'ok') return result
      const rooms = result.response.objects('RoomList')?.flatMap((room) => readRoom(room) ?? []) ?? []
      return { outcome: 'ok', vendor: result.vendor, rooms, next: result.response.account('Next') ?? '' }
    },
    cutOff: () => cut.abort(shutdown),
    close: transport.close,
  }
}

/** What fits of a room in an answer; a field of an unexpected type was not said, as in one edition's `TakeSeatMode: 1` (trtc-zh 63420). */
const readRoom = (reader: FieldReader, asked?: string): VendorRoom | undefined => {
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
