import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import type { Faults } from '../control/faults.js'
import type { Actor } from '../rooms/world.js'
import type { CallbackBody } from './bodies.js'
import { callbackAddress, type CallbackTarget } from './target.js'

/** What became of one callback; kept for `GET /_sandbox/callbacks`. */
export interface Delivery {
  readonly command: string
  readonly roomId: string
  readonly eventTime: number
  status: 'pending' | 'delivered' | 'failed' | 'dropped' | 'cancelled'
  /** How often it was put on the wire. */
  attempts: number
  /** HTTP status of the last answer. */
  httpStatus?: number
}

export interface CallbackSender {
  send(body: CallbackBody, roomId: string, actor: Actor): void
  /** The latest deliveries, oldest first. */
  deliveries(): readonly Delivery[]
  /** Resolves when nothing is on its way any more. */
  idle(): Promise<void>
  /** Forgets what is on its way. */
  cancel(): void
  close(): Promise<void>
}

export interface SenderOptions {
  readonly target: CallbackTarget
  readonly faults: Faults
  readonly sdkAppId: number
  readonly now: () => number
  /** Time for one answer in ms; the Chat webhooks' 2 s (trtc 34354). */
  readonly timeoutMs: number
}

const LOG_LENGTH = 1000
const SHUFFLE_WINDOW_MS = 500
const RETRY_PAUSE_MS = 500

interface Parcel {
  readonly delivery: Delivery
  readonly json: string
  readonly actor: Actor
  readonly notBefore: number
}

/**
 * Sends callbacks the way the vendor does: after the REST answer, over kept connections, with a time limit and without a second
 * try. One room's callbacks follow one another in the order of what happened, unless a fault is set; rooms do not wait for each other.
 */
export function createCallbackSender({ target, faults, sdkAppId, now, timeoutMs }: SenderOptions): CallbackSender {
  const agent = new Agent({ connections: 64, pipelining: 1 })
  const lanes = new Map<string, Promise<void>>()
  const held = new Map<string, Parcel[]>()
  const log: Delivery[] = []
  const onTheirWay = new Set<Promise<void>>()
  let stop = new AbortController()

  const enqueue = (parcel: Parcel) => {
    const { roomId } = parcel.delivery
    const { signal } = stop
    const lane = (lanes.get(roomId) ?? Promise.resolve()).then(() => deliver(parcel, signal))
    lanes.set(roomId, lane)
    onTheirWay.add(lane)
    void lane.finally(() => {
      onTheirWay.delete(lane)
      if (lanes.get(roomId) === lane) lanes.delete(roomId)
    })
  }

  const hold = (parcels: Parcel[], roomId: string) => {
    const waiting = held.get(roomId)
    if (waiting) return void waiting.push(...parcels)
    held.set(roomId, parcels)
    const release = releaseLater(roomId, stop.signal)
    onTheirWay.add(release)
    void release.finally(() => onTheirWay.delete(release))
  }

  const releaseLater = async (roomId: string, signal: AbortSignal): Promise<void> => {
    await sleep(SHUFFLE_WINDOW_MS, undefined, { signal, ref: false }).catch(() => undefined)
    if (signal.aborted) return
    const all = held.get(roomId) ?? []
    held.delete(roomId)
    for (const parcel of faults.mix(all, roomId)) enqueue(parcel)
  }

  const deliver = async ({ delivery, json, actor, notBefore }: Parcel, signal: AbortSignal): Promise<void> => {
    try {
      await actor.answered
      const wait = notBefore - now()
      if (wait > 0) await sleep(wait, undefined, { signal, ref: false })
      for (let left = faults.settings().callbacks.retry; ; left -= 1) {
        if (signal.aborted) break
        delivery.attempts += 1
        const status = await post(delivery.command, json, actor, signal)
        if (status !== undefined) delivery.httpStatus = status
        if (status === 200) {
          delivery.status = 'delivered'
          return
        }
        if (left <= 0) break
        await sleep(RETRY_PAUSE_MS, undefined, { signal, ref: false })
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
    // The other copy of a doubled callback may have arrived.
    if (delivery.status === 'pending') delivery.status = signal.aborted ? 'cancelled' : 'failed'
  }

  /** @returns the HTTP status, undefined when there was none in time. The body is of no interest: After-hooks ignore it. */
  const post = async (command: string, json: string, actor: Actor, signal: AbortSignal): Promise<number | undefined> => {
    const { url } = target
    if (url === undefined) return undefined
    const address = callbackAddress(
      { ...target, url },
      { command, clientIp: actor.clientIp, platform: actor.platform },
      sdkAppId,
      Math.floor(now() / 1000),
    )
    try {
      const answer = await request(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: json,
        dispatcher: agent,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      })
      await answer.body.dump()
      return answer.statusCode
    } catch {
      return undefined
    }
  }

  const cancel = () => {
    stop.abort()
    stop = new AbortController()
    for (const parcel of [...held.values()].flat()) parcel.delivery.status = 'cancelled'
    held.clear()
    lanes.clear()
  }

  return {
    send(body, roomId, actor) {
      const { CallbackCommand: command, EventTime: eventTime } = body
      if (target.url === undefined || !target.commands.includes(command)) return
      const fault = faults.forCallback(roomId)
      const delivery: Delivery = { command, roomId, eventTime, status: fault.drop ? 'dropped' : 'pending', attempts: 0 }
      log.push(delivery)
      if (log.length > LOG_LENGTH) log.shift()
      if (fault.drop) return
      const parcel: Parcel = { delivery, json: JSON.stringify(body), actor, notBefore: now() + faults.settings().callbacks.delayMs }
      const parcels = fault.duplicate ? [parcel, { ...parcel }] : [parcel]
      if (fault.shuffle) hold(parcels, roomId)
      else parcels.forEach(enqueue)
    },
    deliveries: () => log,
    async idle() {
      while (onTheirWay.size > 0) await Promise.all(onTheirWay)
    },
    cancel,
    async close() {
      cancel()
      await agent.destroy()
    },
  }
}
