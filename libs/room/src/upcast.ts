import type { RoomEvent } from './events.js'

/** The version of the shape of `data` that is written today. */
export const currentSchema = 1

/** How the shape of each older version becomes the next one. Empty: version 1 is the first. */
const upcasters: Readonly<Record<number, (event: RoomEvent) => RoomEvent>> = {}

/**
 * Brings an event that an older version wrote into today's shape; what is stored stays as it is.
 * @throws when the event was written by a newer version than this one: reading on would misread it.
 */
export const upcast = (event: RoomEvent): RoomEvent => {
  const { schema } = event.metadata
  if (schema > currentSchema)
    throw new Error(`event ${event.id} has schema ${schema}; this version reads up to ${currentSchema}: update Room Ledger`)
  let current = event
  for (let version = schema; version < currentSchema; version += 1) current = upcasters[version]!(current)
  return current
}
