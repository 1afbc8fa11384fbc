import { createHash } from 'node:crypto'
import { memberStateChanged, memberStateChangedOfOtherPages, translateCallback, type TranslatedFact } from '#live-engine'
import type { VendorObject } from '#live-engine'
import type { EventStore, JsonObject } from '#event-store'
import { decideFact, isUnexplained, mayBeOverlooked, type CallbackEvidence } from '#room'
import { deriveId, newSalt } from '../ledger/envelope.js'
import type { RoomLedger } from '../ledger/room-ledger.js'
import { createAppendOnce, type AppendOnce } from './set-aside.js'

/** A callback whose sender has been checked. */
export interface ReceivedCallback {
  /** From the query; may be missing. */
  readonly command: string | undefined
  readonly rawBody: string
  readonly body: VendorObject
  readonly clientIp?: string
  readonly optPlatform?: string
  readonly receivedFrom: string
  /** RFC 3339; default: now. What is fed in again was received when it came first. */
  readonly receivedAt?: string
}

export type Receipt =
  | { readonly kind: 'recorded'; readonly position: string; readonly eventType: string }
  | { readonly kind: 'duplicate'; readonly eventType: string }
  | { readonly kind: 'kept' | 'ignored' }
  | { readonly kind: 'quarantined'; readonly why: string }

export interface CallbackParts {
  readonly ledger: RoomLedger
  readonly store: EventStore
  readonly now: () => string
  readonly sdkAppId: number
  readonly adminAccount: string
  /** Vendor commands that are no room facts and are kept all the same. */
  readonly keep: readonly string[]
  /** A fact contradicts what the ledger believes: the vendor should be asked. */
  readonly askAbout: (roomId: string) => void
}

/** The path of a callback: translate, decide, append; what it resolves to is on disk. */
export const createCallbackReceiver = (parts: CallbackParts) => {
  const appendOnce = createAppendOnce(parts.store)
  return async (received: ReceivedCallback): Promise<Receipt> => {
    const translation = translateCallback({
      ...received,
      receivedAt: received.receivedAt ?? parts.now(),
      sdkAppId: parts.sdkAppId,
      adminAccount: parts.adminAccount,
    })
    switch (translation.kind) {
      case 'fact':
        return recordFact(parts, translation)
      case 'ignored':
        if (!isKept(parts.keep, translation.command)) return { kind: 'ignored' }
        await keep(parts, appendOnce, 'callbackKept', 'CallbackKept', translation.command, received)
        return { kind: 'kept' }
      case 'unfit':
        await keep(parts, appendOnce, 'callbackQuarantine', 'CallbackQuarantined', translation.command, received, translation.why)
        return { kind: 'quarantined', why: translation.why }
    }
  }
}

/** A setting may name either of the vendor's two names for one command. */
const isKept = (keep: readonly string[], command: string): boolean =>
  keep.includes(command) || (command === memberStateChanged && keep.includes(memberStateChangedOfOtherPages))

const recordFact = async ({ ledger, adminAccount, askAbout }: CallbackParts, translated: TranslatedFact): Promise<Receipt> => {
  const { roomId, id, fact, occurredAt, timeSource, actor, callback } = translated
  const ours = actor.kind === 'apiClient' && actor.id === adminAccount
  const recorded = await ledger.record(
    roomId,
    (state) => decideFact(state, { id, fact, occurredAt, timeSource, source: 'callback', actor, ours, callback }),
    // It is on disk once, whichever instance was the one to write it.
    { certain: false },
  )
  if (recorded.appended.length === 0) return { kind: 'duplicate', eventType: fact.type }
  if (isUnexplained(recorded.state) || mayBeOverlooked(recorded.state, id)) askAbout(roomId)
  return { kind: 'recorded', eventType: fact.type, position: recorded.position }
}

/** Keeps a callback whole on a stream of its command; the same one again adds nothing. */
const keep = async (
  parts: CallbackParts,
  appendOnce: AppendOnce,
  category: string,
  type: string,
  command: string,
  received: ReceivedCallback,
  why?: string,
): Promise<void> => {
  const { rawBody, clientIp, optPlatform, receivedFrom } = received
  const bodySha256 = createHash('sha256').update(rawBody).digest('hex')
  // As it was addressed: fed in again, it must be judged as it was the first time.
  const addressed = received.command || command
  const callback: CallbackEvidence = {
    command: addressed,
    ...(clientIp !== undefined && { clientIp }),
    ...(optPlatform !== undefined && { optPlatform }),
    receivedFrom,
    bodySha256,
    body: rawBody,
  }
  const recordedAt = parts.now()
  const metadata = {
    schema: 1,
    occurredAt: recordedAt,
    recordedAt,
    source: 'callback',
    timeSource: 'received',
    salt: newSalt(),
    actor: { kind: 'system', id: 'vendor' },
    sdkAppId: parts.sdkAppId,
    callback: callback as unknown as JsonObject,
  }
  const id = deriveId(category, parts.sdkAppId, command, addressed, bodySha256)
  await appendOnce(`${category}-${command}`, { id, type, data: { command, ...(why !== undefined && { why }) }, metadata })
}

export type CallbackReceiver = ReturnType<typeof createCallbackReceiver>
