import type { VendorRoomInfo, VendorStatistic } from './requests.js'

/**
 * Bodies of the callbacks as the vendor documents them; what really comes differs from page to page, and only translation
 * decides what is taken. `EventTime` is Unix milliseconds.
 */
interface CallbackBody<Command extends string> {
  readonly CallbackCommand: Command
  readonly Operator_Account?: string
  readonly EventTime?: number
}

export interface RoomCreatedCallback extends CallbackBody<'Live.CallbackAfterCreateRoom'> {
  readonly RoomInfo: VendorRoomInfo & { readonly EventTime?: number }
}
export interface RoomUpdatedCallback extends CallbackBody<'Live.CallbackAfterUpdateRoomInfo'> {
  readonly RoomInfo: VendorRoomInfo
}
export interface OwnerChangedCallback extends CallbackBody<'Live.CallbackAfterChangeOwner'> {
  readonly RoomId: string
  readonly CurrentOwner_Account: string
  readonly OriginalOwner_Account?: string
}
export interface RoomDestroyedCallback extends CallbackBody<'Live.CallbackAfterDestroyRoom'> {
  readonly RoomId: string
  /** `DestroyByUser` or `DestroyBySystem`, in every known edition; an open list all the same. */
  readonly EventType: string
  readonly RoomInfo?: VendorRoomInfo
  readonly Statistic?: VendorStatistic
}
export interface MetadataSetCallback extends CallbackBody<'Live.CallbackAfterSetMetadata'> {
  readonly RoomId: string
  readonly Metadata: readonly { readonly Key: string; readonly Value: string }[]
}
export interface MetadataDeletedCallback extends CallbackBody<'Live.CallbackAfterDelMetadata'> {
  readonly RoomId: string
  readonly Keys: readonly string[]
}
/** `opType` with a small o here, `OpType` in the command. */
export interface AdminsChangedCallback extends CallbackBody<'Live.CallbackAfterModifyAdmin'> {
  readonly RoomId: string
  readonly Admin_Account: readonly string[]
  readonly opType: 'add' | 'delete'
}

export type RoomCallback =
  | RoomCreatedCallback
  | RoomUpdatedCallback
  | OwnerChangedCallback
  | RoomDestroyedCallback
  | MetadataSetCallback
  | MetadataDeletedCallback
  | AdminsChangedCallback

/** What the vendor expects back: HTTP 200 and this (every page). */
export const callbackAcknowledgement = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 } as const
