import { randomBytes } from 'node:crypto'
import { v5 as uuidV5 } from 'uuid'
import type { EventToAppend, JsonObject } from '#event-store'
import { currentSchema, type NewEvent } from '#room'

/** Namespace of the event ids that this service derives. Fixed for good: ids must repeat across versions. */
const namespace = '0f2c6f0e-6a51-5c0b-9a44-3f0a7f1d5b7e'

/** The same parts always give the same id, so what is tried again is recognised. */
export const deriveId = (...parts: readonly (string | number)[]): string => uuidV5(JSON.stringify(parts), namespace)

export interface Stamp {
  readonly sdkAppId: number
  /** RFC 3339; never falls within one process. */
  readonly now: () => string
}

/**
 * Adds to a decided event what every event of ours carries from the first day on.
 * @param life the life that a fact belongs to as known now
 */
export const toAppend = ({ id, event, metadata }: NewEvent, { sdkAppId, now }: Stamp, life?: number): EventToAppend => {
  const recordedAt = now()
  return {
    id,
    type: event.type,
    data: event.data as unknown as JsonObject,
    metadata: {
      schema: currentSchema,
      ...metadata,
      occurredAt: metadata.occurredAt ?? recordedAt,
      recordedAt,
      salt: newSalt(),
      sdkAppId,
      ...(life !== undefined && { life }),
    } as unknown as JsonObject,
  }
}

/**
 * What goes with an event that is no room's: something that a client of the API did, at this moment.
 * @param by id of its credential
 */
export const metadataOfDeed = (by: string, now: () => string) => {
  const recordedAt = now()
  return {
    schema: 1,
    occurredAt: recordedAt,
    recordedAt,
    source: 'command',
    timeSource: 'received',
    salt: newSalt(),
    actor: { kind: 'apiClient', id: by },
  }
}

/** 32 random bytes, base64: content can be erased later together with its salt, and every proof still holds. */
export const newSalt = (): string => randomBytes(32).toString('base64')
