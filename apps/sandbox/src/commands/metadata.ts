import { byteLength, limits } from '#live-engine/wire'
import { metadataDeleted, metadataSet } from '../callbacks/bodies.js'
import { done, illegal, refuse, type Refusal } from '../outcome.js'
import { findRoom, mayNotOperate, type Deed } from '../rooms/world.js'
import { isObject, isStrings } from './is-object.js'

type Entry = { Key: string; Value: string }

/** `set_room_metadata`: existing keys are replaced, others added, all or nothing. */
export const setMetadata: Deed = (world, actor, body) => {
  const found = findRoom(world, body)
  if (!('room' in found)) return found
  const { room } = found
  const entries = readEntries(body['Metadata'])
  if (!Array.isArray(entries)) return entries
  const after = new Map(room.metadata.map(({ Key, Value }) => [Key, Value]))
  for (const { Key, Value } of entries) after.set(Key, Value)
  if (after.size > limits.metadataKeys) return refuse(100500, `more than ${limits.metadataKeys} keys`)
  const total = [...after.values()].reduce((sum, value) => sum + byteLength(value), 0)
  if (total > limits.metadataTotalBytes) return refuse(100502, `all values together are longer than ${limits.metadataTotalBytes} bytes`)
  const refusal = mayNotOperate(world, actor, room)
  if (refusal) return refusal
  const before = new Map(room.metadata.map(({ Key, Value }) => [Key, Value]))
  if ([...after].every(([key, value]) => before.get(key) === value)) return done()
  room.metadata = [...after].map(([Key, Value]) => ({ Key, Value }))
  world.tell(metadataSet(room.roomId, entries, actor.account, world.rooms.stamp(room.roomId)), room.roomId, actor)
  return done()
}

/** `get_room_metadata`: an empty list of keys stands for all. */
export const getMetadata: Deed = (world, _actor, body) => {
  const found = findRoom(world, body)
  if (!('room' in found)) return found
  const keys = body['Keys']
  if (!isStrings(keys)) return illegal('Keys must be an array of strings')
  return done({ Metadata: found.room.metadata.filter(({ Key }) => keys.length === 0 || keys.includes(Key)) })
}

/** `del_room_metadata`: 100503 when none of the keys is there. The callback names those that were. */
export const deleteMetadata: Deed = (world, actor, body) => {
  const found = findRoom(world, body)
  if (!('room' in found)) return found
  const { room } = found
  const keys = body['Keys']
  if (!isStrings(keys)) return illegal('Keys must be an array of strings')
  const gone = room.metadata.map(({ Key }) => Key).filter((key) => keys.includes(key))
  if (gone.length === 0) return refuse(100503, 'none of the keys exists')
  const refusal = mayNotOperate(world, actor, room)
  if (refusal) return refusal
  room.metadata = room.metadata.filter(({ Key }) => !keys.includes(Key))
  world.tell(metadataDeleted(room.roomId, gone, actor.account, world.rooms.stamp(room.roomId)), room.roomId, actor)
  return done()
}

function readEntries(value: unknown): Entry[] | Refusal {
  if (!Array.isArray(value) || value.length === 0) return illegal('Metadata must be an array of Key and Value')
  const entries: Entry[] = []
  for (const item of value as unknown[]) {
    if (!isObject(item) || typeof item['Key'] !== 'string' || typeof item['Value'] !== 'string' || item['Key'] === '') {
      return illegal('Key and Value must be strings, Key not empty')
    }
    const { Key, Value } = item as Entry
    if (byteLength(Key) > limits.metadataKeyBytes) return refuse(100504, `Key is longer than ${limits.metadataKeyBytes} bytes`)
    if (byteLength(Value) > limits.metadataValueBytes) return refuse(100501, `Value is longer than ${limits.metadataValueBytes} bytes`)
    entries.push({ Key, Value })
  }
  return entries
}
