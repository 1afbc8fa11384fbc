import { createHash } from 'node:crypto'
import { v5 as uuidv5 } from 'uuid'
import type { Actor, CallbackEvidence, Fact, TimeSource } from '#room'
import type { VendorObject } from '../wire/json.js'
import { callbackCommands } from '../wire/commands.js'
import { readActor } from './actor.js'
import { dispatchCallback } from './dispatch.js'
import { readFact } from './facts.js'
import { readFields } from './field-reader.js'
import { readMoment } from './moment.js'
import { readRoomId } from './room-id.js'

/** A callback whose sender has been checked. */
export interface CallbackToTranslate {
  /** `CallbackCommand` of the query; may be missing. */
  readonly command: string | undefined
  readonly body: VendorObject
  /** The bytes that `body` was parsed from, or their text. */
  readonly rawBody: string | Uint8Array
  /** RFC 3339. */
  readonly receivedAt: string
  readonly sdkAppId: number
  /** The account that our own calls are made with. */
  readonly adminAccount: string
  readonly clientIp?: string
  readonly optPlatform?: string
  readonly receivedFrom: string
}

export interface TranslatedFact {
  readonly kind: 'fact'
  readonly roomId: string
  /** The same for every delivery of the same callback. */
  readonly id: string
  readonly fact: Fact
  readonly occurredAt: string
  readonly timeSource: TimeSource
  readonly actor: Actor
  readonly callback: CallbackEvidence
}

/** `ignored` = the vendor's, but no fact about a room; `unfit` = unknown, or not what its command promises. */
export type TranslatedCallback =
  | TranslatedFact
  | { readonly kind: 'ignored'; readonly command: string }
  | { readonly kind: 'unfit'; readonly command: string; readonly why: string }

/** Of event ids that come from callbacks. Never to change: a callback that comes again must get the id it had. */
const callbackNamespace = '7d4b6c0e-2f0a-4e57-9c61-5a1d0f3b8e92'

/**
 * Turns a callback of the vendor into a fact. Takes every form that the vendor's pages and captures show, and says of
 * anything else why it does not fit; fields it does not know are no reason.
 */
export const translateCallback = (received: CallbackToTranslate): TranslatedCallback => {
  const dispatched = dispatchCallback(received.command, received.body)
  if (dispatched.kind !== 'room') return dispatched
  const { command } = dispatched
  const body = readFields(received.body)
  const info = body.object('RoomInfo')
  const roomId = readRoomId(body, info)
  const isCreate = command === callbackCommands.created
  const { eventTime, ...moment } = readMoment(body, info, isCreate, new Date(received.receivedAt).toISOString())
  const actor = readActor(body.account('Operator_Account'), received.optPlatform, received.adminAccount)
  const fact = readFact[command](body, info, roomId ?? '')
  if (roomId === undefined || fact === undefined || body.misfits.length > 0)
    return { kind: 'unfit', command, why: [...new Set(body.misfits)].join('; ') }
  const callback = toEvidence(received, command)
  const identity = [received.sdkAppId, command, roomId, eventTime ?? null, callback.bodySha256]
  return { kind: 'fact', roomId, id: uuidv5(JSON.stringify(identity), callbackNamespace), fact, ...moment, actor, callback }
}

const toEvidence = (received: CallbackToTranslate, command: string): CallbackEvidence => {
  const { rawBody, clientIp, optPlatform, receivedFrom } = received
  return {
    command: received.command || command,
    ...(clientIp !== undefined && { clientIp }),
    ...(optPlatform !== undefined && { optPlatform }),
    receivedFrom,
    bodySha256: createHash('sha256').update(rawBody).digest('hex'),
    // A byte order mark is part of what was received.
    body: typeof rawBody === 'string' ? rawBody : new TextDecoder('utf-8', { ignoreBOM: true }).decode(rawBody),
  }
}
