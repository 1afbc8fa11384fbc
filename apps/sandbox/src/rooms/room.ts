/** What a room looks like, in the wire's own names and units. Notice is readable by `get_room_info` only. */
export interface RoomInfo {
  RoomName: string
  MaxMemberCount: number
  IsMessageDisabled: boolean
  CoverURL: string
  Category: number[]
  ActivityStatus: number
  IsPublicVisible: boolean
  TakeSeatMode: string
  Notice: string
  CustomInfo: string
  BackgroundURL: string
  SeatTemplate: string
  IsSeatEnabled: boolean
  MaxSeatCount: number
  IsUnlimitedRoomEnabled: boolean
}

export interface Member {
  readonly account: string
  /** false from the moment the vendor notices a lost heartbeat until it is back. */
  online: boolean
}

/** One life of a room id. Moments are Unix milliseconds. Plain JSON, so that it can be kept in a file. */
export interface Room {
  readonly roomId: string
  readonly life: number
  readonly createdAt: number
  owner: string
  info: RoomInfo
  admins: string[]
  metadata: { Key: string; Value: string }[]
  members: Member[]
  bots: string[]
  /** Entries, those of the same person counted again (`ViewCount`, `TotalViewers`). */
  entries: number
  /** EventTime of the youngest event. */
  lastEventAt: number
  /** Since when the three waits of live-engine §6 run; null while they do not. */
  emptySince: number | null
  ownerLeftAt: number | null
  ownerLostAt: number | null
  destroyed: { at: number; cause: string; operator: string } | null
}

/** A room's totals, as `destroy_room` and its callback report them. The sandbox has neither gifts nor likes. */
export function statistic(room: Room) {
  return { TotalViewers: room.entries, TotalGiftsSent: 0, TotalGiftCoins: 0, TotalUniqueGiftSenders: 0, TotalLikesReceived: 0 }
}

/** Unix seconds, the unit of every `CreateTime`. */
export const createTime = (room: Room): number => Math.floor(room.createdAt / 1000)
