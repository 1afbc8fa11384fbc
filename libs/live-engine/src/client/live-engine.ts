import { readStatistics, toVendorInfo } from '../room-info.js'
import { restCommands } from '../wire/commands.js'
import type { ChangeRoomOwnerRequest, CreateRoomRequest, GetRoomListRequest, RoomRequest, UpdateRoomInfoRequest } from '../wire/requests.js'
import { createCaller } from './call.js'
import { createConfigurationFaults } from './configuration-faults.js'
import type { LiveEngine, LiveEngineSettings, VendorCallResult } from './live-engine-port.js'
import type { Permit } from './rate-limiter.js'
import { createTransport, shutdown } from './transport.js'
import { createUserSigCache } from './user-sig-cache.js'
import { readRoom } from './vendor-room.js'

/** What the vendor allows one application, of each API (trtc 63398). */
const vendorRateLimit = 200

/**
 * Opens a client of the vendor's REST API.
 * @throws TypeError when `baseUrl` is no URL.
 */
export const createLiveEngine = (settings: LiveEngineSettings): LiveEngine => {
  const { baseUrl, sdkAppId, adminAccount, secretKey, timeoutMs, rateLimit = vendorRateLimit, now = Date.now } = settings
  const transport = createTransport(baseUrl, timeoutMs)
  const userSigs = createUserSigCache(settings, now)
  const cut = new AbortController()
  const faults = createConfigurationFaults((fault) => settings.onConfigurationFault?.(fault), now)
  const { call, admit, breaker, queues } = createCaller({
    transport,
    userSigs,
    sdkAppId,
    adminAccount,
    secretKey,
    timeoutMs,
    rateLimit,
    cutOff: cut.signal,
    faults,
    onAnswer: (command, outcome) => settings.onAnswer?.(command, outcome),
    onHeld: (command, cause) => settings.onHeld?.(command, cause),
  })
  const write = async <Request extends object>(command: string, body: Request, permit: Permit | undefined): Promise<VendorCallResult> => {
    const result = await call(command, body, { isRead: false, permit })
    if (result.outcome !== 'ok') return result
    const statistics = readStatistics(result.response.object('Statistic'))
    return { outcome: 'ok', vendor: result.vendor, ...(statistics && { statistics }) }
  }
  const looks = (background: boolean): Pick<LiveEngine, 'getRoomInfo' | 'getRoomList'> => ({
    getRoomInfo: async ({ roomId }) => {
      const result = await call(restCommands.getRoomInfo, { RoomId: roomId } satisfies RoomRequest, { isRead: true, background })
      if (result.outcome !== 'ok') return result
      const info = result.response.object('RoomInfo')
      const room = readRoom(info, roomId)
      // The answer about another room, or about none, is no answer.
      if (!info.present || room?.roomId !== roomId) return { outcome: 'unknown', cause: 'unreadable-answer', vendor: result.vendor }
      return { outcome: 'ok', vendor: result.vendor, room }
    },
    getRoomList: async ({ next, count }) => {
      const page = { Next: next, Count: count } satisfies GetRoomListRequest
      const result = await call(restCommands.getRoomList, page, { isRead: true, background })
      if (result.outcome !== 'ok') return result
      const rooms = result.response.objects('RoomList')?.flatMap((room) => readRoom(room) ?? []) ?? []
      return { outcome: 'ok', vendor: result.vendor, rooms, next: result.response.account('Next') ?? '' }
    },
  })

  const engine: LiveEngine = {
    admit: (command) => admit(restCommands[command]),
    createRoom: ({ roomId, seatTemplate, owner, info }, permit) => {
      const { Notice: _notice, ...rest } = toVendorInfo(info)
      // The vendor's own clients create every room with IsUnlimitedRoomEnabled, documented here (trtc 64423) with default
      // false: a room of ours shall behave as one that they made. On update it is not documented, so it is not sent.
      const room = {
        ...rest,
        RoomId: roomId,
        RoomType: 'Live',
        SeatTemplate: seatTemplate,
        ...(owner !== undefined && { Owner_Account: owner }),
        IsUnlimitedRoomEnabled: true,
      } as const
      return write<CreateRoomRequest>(restCommands.createRoom, { RoomInfo: room }, permit)
    },
    updateRoomInfo: ({ roomId, info }, permit) =>
      write<UpdateRoomInfoRequest>(restCommands.updateRoomInfo, { RoomInfo: { RoomId: roomId, ...toVendorInfo(info) } }, permit),
    changeRoomOwner: ({ roomId, newOwner }, permit) =>
      write<ChangeRoomOwnerRequest>(restCommands.changeRoomOwner, { RoomId: roomId, NewOwner_Account: newOwner }, permit),
    destroyRoom: ({ roomId }, permit) => write<RoomRequest>(restCommands.destroyRoom, { RoomId: roomId }, permit),
    ...looks(false),
    inBackground: () => ({ ...engine, ...looks(true) }),
    status: () => ({ breaker: breaker.state(), queues: queues(), configurationFault: faults.last() }),
    cutOff: () => cut.abort(shutdown),
    close: transport.close,
  }
  return engine
}
