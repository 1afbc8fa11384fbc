import { fitsBytes, limits } from '#live-engine/wire'
import { illegal, refuse, type Refusal } from '../outcome.js'
import type { RoomInfo } from './room.js'

type Rule = (value: unknown, name: string) => Refusal | undefined

const text =
  (limit: number): Rule =>
  (value, name) => {
    if (typeof value !== 'string') return illegal(`${name} must be a string`)
    return !fitsBytes(value, limit) ? illegal(`${name} is longer than ${limit} bytes`) : undefined
  }
const flag: Rule = (value, name) => (typeof value === 'boolean' ? undefined : illegal(`${name} must be a boolean`))
const isInteger = (value: unknown) => typeof value === 'number' && Number.isSafeInteger(value)
const integer =
  (lowest: number): Rule =>
  (value, name) =>
    isInteger(value) && Number(value) >= lowest ? undefined : illegal(`${name} must be an integer of at least ${lowest}`)

/** Limits in bytes as the create and update pages print them (tc 647/63401, cn 647/110037); none is printed for CustomInfo. */
const rules: { readonly [Name in keyof RoomInfo]: Rule } = {
  RoomName: text(limits.roomNameBytes),
  CoverURL: text(limits.coverUrlBytes),
  BackgroundURL: text(200),
  Notice: text(limits.noticeBytes),
  CustomInfo: text(4096),
  SeatTemplate: text(64),
  MaxMemberCount: integer(1),
  MaxSeatCount: integer(0),
  ActivityStatus: integer(Number.MIN_SAFE_INTEGER),
  IsMessageDisabled: flag,
  IsPublicVisible: flag,
  IsSeatEnabled: flag,
  IsUnlimitedRoomEnabled: flag,
  TakeSeatMode: (value, name) =>
    value === 'FreeToTake' || value === 'ApplyToTake' ? undefined : illegal(`${name} must be FreeToTake or ApplyToTake`),
  Category: (value, name) => {
    if (!Array.isArray(value) || !value.every(isInteger)) return illegal(`${name} must be an array of integers`)
    return value.length > limits.categoryItems ? refuse(100009, `${name} has more than ${limits.categoryItems} tags`) : undefined
  },
}

export const createFields = [
  'RoomName',
  'CoverURL',
  'IsMessageDisabled',
  'Category',
  'IsPublicVisible',
  'TakeSeatMode',
  'MaxSeatCount',
  'IsSeatEnabled',
  'ActivityStatus',
  'IsUnlimitedRoomEnabled',
  'SeatTemplate',
  'MaxMemberCount',
  'CustomInfo',
  'BackgroundURL',
] as const satisfies readonly (keyof RoomInfo)[]

export const updateFields = [
  'RoomName',
  'MaxMemberCount',
  'IsMessageDisabled',
  'CoverURL',
  'Category',
  'ActivityStatus',
  'IsPublicVisible',
  'TakeSeatMode',
  'Notice',
  'IsUnlimitedRoomEnabled',
  'CustomInfo',
] as const satisfies readonly (keyof RoomInfo)[]

/** Takes the named fields that are there, checked. Fields of other names are passed over, as the vendor does with what it does not know. */
export function readInfo(source: Record<string, unknown>, names: readonly (keyof RoomInfo)[]): { fields: Partial<RoomInfo> } | Refusal {
  const fields: Partial<RoomInfo> = {}
  for (const name of names) {
    if (source[name] === undefined) continue
    const refusal = rules[name](source[name], name)
    if (refusal) return refusal
    Object.assign(fields, { [name]: source[name] })
  }
  return { fields }
}

/** RoomId: 1 to 48 bytes of printable ASCII (trtc 60027, code -2105). */
export function readRoomId(value: unknown): { roomId: string } | Refusal {
  if (typeof value !== 'string') return illegal('RoomId must be a string')
  return /^[\x20-\x7e]{1,48}$/.test(value) ? { roomId: value } : illegal('RoomId must be 1 to 48 bytes of printable ASCII')
}
