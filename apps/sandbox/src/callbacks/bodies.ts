import { callbackCommands, memberStateChanged as memberState } from '#live-engine/wire'
import { createTime, statistic, type Room } from '../rooms/room.js'

/** The JSON of a callback; every one names its command. Fields are those of live-engine §2, in the order printed there. */
export interface CallbackBody {
  readonly CallbackCommand: string
  readonly EventTime: number
  readonly [field: string]: unknown
}

/** Every callback that the sandbox can send. */
export const sentCommands: readonly string[] = [...Object.values(callbackCommands), memberState]

/** EventTime at top level, as the table has it; the vendor's samples also show it left out or inside RoomInfo. */
export function roomCreated(room: Room, operator: string, at: number): CallbackBody {
  const i = room.info
  return {
    CallbackCommand: callbackCommands.created,
    Operator_Account: operator,
    RoomInfo: {
      RoomId: room.roomId,
      RoomName: i.RoomName,
      RoomType: 'Live',
      Owner_Account: room.owner,
      MaxMemberCount: i.MaxMemberCount,
      IsMessageDisabled: i.IsMessageDisabled,
      CustomInfo: i.CustomInfo,
      IsSeatEnabled: i.IsSeatEnabled,
      TakeSeatMode: i.TakeSeatMode,
      MaxSeatCount: i.MaxSeatCount,
      CreateTime: createTime(room),
      IsPublicVisible: i.IsPublicVisible,
      CoverURL: i.CoverURL,
      Category: i.Category,
    },
    EventTime: at,
  }
}

/**
 * The documentation does not say whether RoomInfo holds the changed fields or a snapshot. Its sample shows every field, so the
 * sandbox sends all of them. Notice is in no edition of this callback, though the command accepts it.
 */
export function roomUpdated(room: Room, operator: string, at: number): CallbackBody {
  const i = room.info
  return {
    CallbackCommand: callbackCommands.updated,
    Operator_Account: operator,
    RoomInfo: {
      RoomId: room.roomId,
      RoomName: i.RoomName,
      MaxMemberCount: i.MaxMemberCount,
      IsMessageDisabled: i.IsMessageDisabled,
      CoverURL: i.CoverURL,
      Category: i.Category,
      ActivityStatus: i.ActivityStatus,
      IsPublicVisible: i.IsPublicVisible,
      TakeSeatMode: i.TakeSeatMode,
      CustomInfo: i.CustomInfo,
    },
    EventTime: at,
  }
}

export function ownerChanged(room: Room, from: string, operator: string, at: number): CallbackBody {
  return {
    CallbackCommand: callbackCommands.ownerChanged,
    RoomId: room.roomId,
    EventTime: at,
    Operator_Account: operator,
    CurrentOwner_Account: room.owner,
    OriginalOwner_Account: from,
  }
}

/** `cause` is DestroyByUser (a client or the REST API) or DestroyBySystem; no third value is documented. */
export function roomDestroyed(room: Room, operator: string, cause: string, at: number): CallbackBody {
  const i = room.info
  return {
    CallbackCommand: callbackCommands.destroyed,
    Operator_Account: operator,
    RoomId: room.roomId,
    EventType: cause,
    EventTime: at,
    RoomInfo: {
      RoomName: i.RoomName,
      RoomType: 'Live',
      Owner_Account: room.owner,
      IsSeatEnabled: i.IsSeatEnabled,
      TakeSeatMode: i.TakeSeatMode,
      MaxMemberCount: i.MaxMemberCount,
      MaxSeatCount: i.MaxSeatCount,
      Category: i.Category,
      CustomInfo: i.CustomInfo,
      IsMessageDisabled: i.IsMessageDisabled,
      CoverURL: i.CoverURL,
      ActivityStatus: i.ActivityStatus,
      IsPublicVisible: i.IsPublicVisible,
      ViewCount: room.entries,
      BackgroundURL: i.BackgroundURL,
      IsUnlimitedRoomEnabled: i.IsUnlimitedRoomEnabled,
    },
    Statistic: statistic(room),
  }
}

export function metadataSet(
  roomId: string,
  entries: readonly { Key: string; Value: string }[],
  operator: string,
  at: number,
): CallbackBody {
  return { CallbackCommand: callbackCommands.metadataSet, Operator_Account: operator, RoomId: roomId, Metadata: entries, EventTime: at }
}

export function metadataDeleted(roomId: string, keys: readonly string[], operator: string, at: number): CallbackBody {
  return { CallbackCommand: callbackCommands.metadataDeleted, Operator_Account: operator, RoomId: roomId, Keys: keys, EventTime: at }
}

/** Mind the small o of `opType`: the command spells it OpType. */
export function adminsChanged(roomId: string, accounts: readonly string[], change: string, operator: string, at: number): CallbackBody {
  return {
    CallbackCommand: callbackCommands.adminsChanged,
    RoomId: roomId,
    EventTime: at,
    Operator_Account: operator,
    Admin_Account: accounts,
    opType: change,
  }
}

export type MemberCause = 'Enter' | 'Leave' | 'HeartbeatInterrupt' | 'HeartbeatRecover'

/** The one callback without an operator. */
export function memberStateChanged(roomId: string, account: string, cause: MemberCause, at: number): CallbackBody {
  return {
    CallbackCommand: memberState,
    RoomId: roomId,
    EventType: cause === 'Enter' || cause === 'HeartbeatRecover' ? 'Online' : 'Offline',
    EventCause: cause,
    MemberList: [{ Member_Account: account }],
    EventTime: at,
  }
}
