/** The body around every answer of the vendor. HTTP status is 200 whatever became of the call; the truth is here (trtc 63398). */
export interface VendorEnvelope<Response = unknown> {
  readonly ActionStatus: 'OK' | 'FAIL'
  readonly ErrorCode: number
  readonly ErrorInfo: string
  readonly RequestId?: string
  readonly Response?: Response
}

/** The query of every call; names and values are case-sensitive (tc 1071/76832). */
export interface VendorQuery {
  readonly sdkappid: number
  readonly identifier: string
  readonly usersig: string
  /** 0 to 4294967295. */
  readonly random: number
  readonly contenttype: 'json'
}

/** Attributes of a room under the vendor's names; which of them a command takes or an answer holds differs. */
export interface VendorRoomInfo {
  readonly RoomId?: string
  readonly RoomName?: string
  readonly RoomType?: string
  readonly Owner_Account?: string
  readonly SeatTemplate?: string
  readonly MaxMemberCount?: number
  readonly IsMessageDisabled?: boolean
  readonly CoverURL?: string
  readonly Category?: readonly number[]
  readonly ActivityStatus?: number
  readonly IsPublicVisible?: boolean
  readonly TakeSeatMode?: string
  readonly Notice?: string
  readonly IsSeatEnabled?: boolean
  readonly MaxSeatCount?: number
  readonly CustomInfo?: string
  readonly BackgroundURL?: string
  readonly IsUnlimitedRoomEnabled?: boolean
  /** Unix seconds. */
  readonly CreateTime?: number
  /** Entries so far, repeated ones counted again. */
  readonly ViewCount?: number
}

export interface VendorStatistic {
  readonly TotalViewers?: number
  readonly TotalGiftsSent?: number
  readonly TotalGiftCoins?: number
  readonly TotalUniqueGiftSenders?: number
  readonly TotalLikesReceived?: number
}

export interface CreateRoomRequest {
  readonly RoomInfo: VendorRoomInfo & { readonly RoomId: string; readonly RoomType: 'Live'; readonly SeatTemplate: string }
}
export interface UpdateRoomInfoRequest {
  readonly RoomInfo: VendorRoomInfo & { readonly RoomId: string }
}
export interface ChangeRoomOwnerRequest {
  readonly RoomId: string
  readonly NewOwner_Account: string
}
export interface RoomRequest {
  readonly RoomId: string
}
/** `Next` is empty for the first page; `Count` at most 20 (tc 1071/76888). */
export interface GetRoomListRequest {
  readonly Next: string
  readonly Count: number
}

/** Newer editions answer a destroy with totals (cn 647/110040), older ones with nothing. */
export interface DestroyRoomResponse {
  readonly Statistic?: VendorStatistic
}
export interface GetRoomInfoResponse {
  readonly RoomInfo: VendorRoomInfo
}
/** The last page has an empty `Next`. */
export interface GetRoomListResponse {
  readonly Next: string
  readonly RoomList: readonly VendorRoomInfo[]
}
