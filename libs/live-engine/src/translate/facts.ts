import type { Fact } from '#room'
import { readRoomInfo, readStatistics } from '../room-info.js'
import { callbackCommands } from '../wire/commands.js'
import type { RoomCommand } from './dispatch.js'
import type { FieldReader } from './field-reader.js'

type FactOf<Type extends Fact['type']> = Extract<Fact, { type: Type }>
/** Undefined after a misfit; a fact that was read beside a misfit is not to be used. */
type ReadFact = (body: FieldReader, info: FieldReader, roomId: string) => Fact | undefined

const created: ReadFact = (body, info, roomId) => {
  if (!info.present) return body.misfit('RoomInfo is required')
  const owner = info.account('Owner_Account')
  return { type: 'RoomCreated', data: { roomId, ...(owner !== undefined && { owner }), info: readRoomInfo(info) } }
}

const updated: ReadFact = (body, info, roomId) =>
  info.present ? { type: 'RoomUpdated', data: { roomId, info: readRoomInfo(info) } } : body.misfit('RoomInfo is required')

const ownerChanged: ReadFact = (body, _info, roomId) => {
  const to = body.account('CurrentOwner_Account')
  const from = body.account('OriginalOwner_Account')
  if (to === undefined) return body.misfit('CurrentOwner_Account is required')
  return { type: 'OwnerChanged', data: { roomId, ...(from !== undefined && { from }), to } }
}

/** Editions of 2024 have no RoomInfo, those before 2025-11 no Statistic. EventType is in all: without it this is no destroy. */
const destroyed: ReadFact = (body, info, roomId) => {
  const cause = body.text('EventType')
  const statistics = readStatistics(body.object('Statistic'))
  const lastInfo = readLastInfo(info)
  if (!cause) return body.misfit('EventType is required')
  return { type: 'RoomDestroyed', data: { roomId, cause, ...(statistics && { statistics }), ...(lastInfo && { lastInfo }) } }
}

const readLastInfo = (info: FieldReader): FactOf<'RoomDestroyed'>['data']['lastInfo'] => {
  if (!info.present) return undefined
  const owner = info.account('Owner_Account')
  const viewCount = info.integer('ViewCount')
  return { ...readRoomInfo(info), ...(owner !== undefined && { owner }), ...(viewCount !== undefined && { viewCount }) }
}

/** A key that comes twice holds what came last. `fromEntries` makes even `__proto__` a key of its own. */
const metadataSet: ReadFact = (body, _info, roomId) => {
  const list = body.objects('Metadata')
  if (!list) return body.misfit('Metadata is required')
  const entries = Object.fromEntries(
    list.map((entry) => [entry.text('Key') ?? missing(entry, 'Key'), entry.text('Value') ?? missing(entry, 'Value')]),
  )
  return { type: 'RoomMetadataSet', data: { roomId, entries } }
}

const missing = (entry: FieldReader, name: string): string => {
  entry.misfit(`Metadata.${name} is required`)
  return ''
}

const metadataDeleted: ReadFact = (body, _info, roomId) => {
  const keys = body.texts('Keys')
  return keys ? { type: 'RoomMetadataDeleted', data: { roomId, keys } } : body.misfit('Keys is required')
}

/** The callback's page writes `opType`, the command's `OpType`; either will do. */
const adminsChanged: ReadFact = (body, _info, roomId) => {
  const admins = body.accounts('Admin_Account')
  const change = body.text('opType') ?? body.text('OpType')
  if (!admins) return body.misfit('Admin_Account is required')
  if (change !== 'add' && change !== 'delete') return body.misfit('opType must be add or delete')
  return { type: 'RoomAdminsChanged', data: { roomId, change, admins } }
}

/** How the body of each command becomes a fact (trtc 64422, 67938, 72553, 64423, 68222, 68223, 72554). */
export const readFact: Readonly<Record<RoomCommand, ReadFact>> = {
  [callbackCommands.created]: created,
  [callbackCommands.updated]: updated,
  [callbackCommands.ownerChanged]: ownerChanged,
  [callbackCommands.destroyed]: destroyed,
  [callbackCommands.metadataSet]: metadataSet,
  [callbackCommands.metadataDeleted]: metadataDeleted,
  [callbackCommands.adminsChanged]: adminsChanged,
}
