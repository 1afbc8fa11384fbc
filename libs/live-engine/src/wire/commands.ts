/** Paths of the vendor's REST commands are `/v4/{service}/{command}` (tc 1071/76832). */
export const roomService = 'live_engine_http_srv'
export const configService = 'live_config'

export const restCommands = {
  createRoom: 'create_room',
  updateRoomInfo: 'update_room_info',
  changeRoomOwner: 'change_room_owner',
  destroyRoom: 'destroy_room',
  getRoomInfo: 'get_room_info',
  getRoomList: 'get_room_list',
  setRoomMetadata: 'set_room_metadata',
  getRoomMetadata: 'get_room_metadata',
  delRoomMetadata: 'del_room_metadata',
  getAdminList: 'get_admin_list',
  modifyAdmin: 'modify_admin',
} as const

/** Callbacks that state a fact about a room (trtc 64413). It is `Del`, not `Delete`. */
export const callbackCommands = {
  created: 'Live.CallbackAfterCreateRoom',
  updated: 'Live.CallbackAfterUpdateRoomInfo',
  ownerChanged: 'Live.CallbackAfterChangeOwner',
  destroyed: 'Live.CallbackAfterDestroyRoom',
  metadataSet: 'Live.CallbackAfterSetMetadata',
  metadataDeleted: 'Live.CallbackAfterDelMetadata',
  adminsChanged: 'Live.CallbackAfterModifyAdmin',
} as const

export const memberStateChanged = 'Live.CallbackAfterMemberStateChanged'
/** What some pages call it in the address, though not in the body (trtc 64424). */
export const memberStateChangedOfOtherPages = 'Live.CallbackMemberStateChanged'

/** Commands of the vendor's list that state no fact about a room (trtc 64413). */
export const otherCallbackCommands = [
  memberStateChanged,
  memberStateChangedOfOtherPages,
  'Live.CallbackAfterCreateRoomReachingThreshold',
  'Live.CallbackAfterCreateBattle',
  'Live.CallbackAfterStartBattle',
  'Live.CallbackAfterEndBattle',
  'Live.CallbackBeforeSendGift',
  'Live.CallbackBeforeCallBackNotBlock',
  'Mic.CallbackAfterSeatInfoChanged',
  'Group.CallbackBeforeSendMsg',
  'Group.CallbackAfterSendMsg',
  'Follow.CallbackAfterFollowAdd',
  'Follow.CallbackAfterFollowDelete',
] as const

/** The operator of what the platform does by itself. */
export const systemOperator = '@TIM#SYSTEM'
/** `OptPlatform` of what was asked for over REST. */
export const restPlatform = 'RESTAPI'
