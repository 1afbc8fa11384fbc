/** The vendor's documented samples, character for character where it matters: a number beyond 2^53 stands there bare. */

export const created = `{"CallbackCommand":"Live.CallbackAfterCreateRoom","Operator_Account":"admin",
 "RoomInfo":{"RoomId":"tandy-test-rest","RoomName":"tandy-test-rest","RoomType":"Live","Owner_Account":"user3","MaxMemberCount":300,
  "IsMessageDisabled":true,"CustomInfo":"custom123","IsSeatEnabled":true,"TakeSeatMode":"ApplyToTake","MaxSeatCount":16,
  "CreateTime":1703589922,"IsPublicVisible":true,"CoverURL":"cover url","Category":[1,2]},"EventTime":1703589922780}`

export const updated = `{"CallbackCommand":"Live.CallbackAfterUpdateRoomInfo","Operator_Account":"bob","RoomInfo":{"RoomId":"live-room","RoomName":"rname-123","MaxMemberCount":300,
 "IsMessageDisabled":false,"CoverURL":"https://xxxx.png","Category":[1,2,3],"ActivityStatus":1,"IsPublicVisible":false,"TakeSeatMode":"ApplyToTake","CustomInfo":"custom123"},"EventTime":1670574414123}`

export const ownerChanged = `{"CallbackCommand":"Live.CallbackAfterChangeOwner","RoomId":"room_id","EventTime":1703589922780,"Operator_Account":"admin","CurrentOwner_Account":"user2","OriginalOwner_Account":"user1"}`

export const destroyed = `{"CallbackCommand":"Live.CallbackAfterDestroyRoom","Operator_Account":"admin","RoomId":"tandy-test-rest","EventType":"DestroyByUser","EventTime":1703589922780,
 "RoomInfo":{"RoomName":"live name","RoomType":"Live","Owner_Account":144115216631667826,"IsSeatEnabled":true,"TakeSeatMode":"FreeToTake","MaxMemberCount":400,
  "MaxSeatCount":4,"Category":[1,2,3],"CustomInfo":"","IsMessageDisabled":false,"CoverURL":"cover url","ActivityStatus":0,"IsPublicVisible":false,"ViewCount":0,
  "BackgroundURL":"background url","IsUnlimitedRoomEnabled":true},
 "Statistic":{"TotalViewers":0,"TotalGiftsSent":0,"TotalGiftCoins":0,"TotalUniqueGiftSenders":0,"TotalLikesReceived":0}}`

/** Captured in the field in 2025, the name translated. */
export const destroyedInTheField = `{"CallbackCommand":"Live.CallbackAfterDestroyRoom","Operator_Account":"@TIM#SYSTEM","RoomId":"436","EventType":"DestroyBySystem","EventTime":1756986061775,
 "RoomInfo":{"RoomId":"436","RoomName":"summer 40 degrees","RoomType":"Live","Owner_Account":"10100015411","IsSeatEnabled":true,"TakeSeatMode":"ApplyToTake",
  "MaxMemberCount":100,"MaxSeatCount":9,"CustomInfo":"","IsMessageDisabled":false,"CoverURL":"","ActivityStatus":0,"IsPublicVisible":true,"ViewCount":1,
  "BackgroundURL":"","IsUnlimitedRoomEnabled":true}}`

export const metadataSet = `{"CallbackCommand":"Live.CallbackAfterSetMetadata","Operator_Account":"brennanli","RoomId":"live-room1111","Metadata":[{"Key":"key1","Value":"value1"},{"Key":"key2","Value":"value2"}],"EventTime":1739965885831}`
export const metadataDeleted = `{"CallbackCommand":"Live.CallbackAfterDelMetadata","Operator_Account":"brennanli","RoomId":"live-room1111","Keys":["key1","key2"],"EventTime":1739966441121}`
export const adminsChanged = `{"CallbackCommand":"Live.CallbackAfterModifyAdmin","RoomId":"room_id","EventTime":1703589922780,"Operator_Account":"admin","Admin_Account":["user1","user2"],"opType":"add"}`
export const memberStateChanged = `{"CallbackCommand":"Live.CallbackAfterMemberStateChanged","RoomId":"room_id","EventType":"Online","EventCause":"Enter","MemberList":[{"Member_Account":"jared"},{"Member_Account":"tommy"}],"EventTime":1703589922780}`

/** A sample with some fields put in place or (undefined) left out. Only for samples without numbers beyond 2^53. */
export const changed = (sample: string, fields: Record<string, unknown>): object => ({ ...(JSON.parse(sample) as object), ...fields })
export const changedInfo = (sample: string, fields: Record<string, unknown>): object =>
  changed(sample, { RoomInfo: { ...(JSON.parse(sample) as { RoomInfo: object }).RoomInfo, ...fields } })
