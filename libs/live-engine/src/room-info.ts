import type { RoomInfo, Statistics } from '#room'
import type { FieldReader } from './translate/field-reader.js'
import type { VendorRoomInfo, VendorStatistic } from './wire/requests.js'

type Kind = 'text' | 'flag' | 'integer' | 'integers'

/** Our names of a room's attributes, the vendor's, and what they hold. */
const infoFields = {
  roomName: ['RoomName', 'text'],
  maxMemberCount: ['MaxMemberCount', 'integer'],
  isMessageDisabled: ['IsMessageDisabled', 'flag'],
  coverUrl: ['CoverURL', 'text'],
  category: ['Category', 'integers'],
  activityStatus: ['ActivityStatus', 'integer'],
  isPublicVisible: ['IsPublicVisible', 'flag'],
  takeSeatMode: ['TakeSeatMode', 'text'],
  notice: ['Notice', 'text'],
  roomType: ['RoomType', 'text'],
  seatTemplate: ['SeatTemplate', 'text'],
  isSeatEnabled: ['IsSeatEnabled', 'flag'],
  maxSeatCount: ['MaxSeatCount', 'integer'],
  customInfo: ['CustomInfo', 'text'],
  backgroundUrl: ['BackgroundURL', 'text'],
  isUnlimitedRoomEnabled: ['IsUnlimitedRoomEnabled', 'flag'],
} as const satisfies Record<keyof RoomInfo, readonly [keyof VendorRoomInfo, Kind]>

const statisticFields = {
  totalViewers: 'TotalViewers',
  totalGiftsSent: 'TotalGiftsSent',
  totalGiftCoins: 'TotalGiftCoins',
  totalUniqueGiftSenders: 'TotalUniqueGiftSenders',
  totalLikesReceived: 'TotalLikesReceived',
} as const satisfies Record<keyof Statistics, keyof VendorStatistic>

/** Attributes that a command may set: those of the update page (tc 1071/76886). */
const settable = [
  'roomName',
  'maxMemberCount',
  'isMessageDisabled',
  'coverUrl',
  'category',
  'activityStatus',
  'isPublicVisible',
  'takeSeatMode',
  'notice',
] as const satisfies readonly (keyof RoomInfo)[]

export type SettableInfo = Pick<RoomInfo, (typeof settable)[number]>

/** What was said of a room; what was not said is absent. */
export const readRoomInfo = (reader: FieldReader): RoomInfo =>
  said(Object.entries(infoFields).map(([name, [vendorName, kind]]) => [name, reader[kind](vendorName)]))

/** Undefined when no total was said. */
export const readStatistics = (reader: FieldReader): Statistics | undefined => {
  const statistics: Statistics = said(Object.entries(statisticFields).map(([name, vendorName]) => [name, reader.integer(vendorName)]))
  return Object.keys(statistics).length > 0 ? statistics : undefined
}

/** What is asked for, under the vendor's names; nothing that its pages do not list. */
export const toVendorInfo = (info: SettableInfo): VendorRoomInfo => said(settable.map((name) => [infoFields[name][0], info[name]]))

const said = (entries: readonly (readonly [string, unknown])[]): object =>
  Object.fromEntries(entries.filter(([, value]) => value !== undefined))
