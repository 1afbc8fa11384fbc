import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { restCommands, roomService } from '../wire/commands.js'
import type { FieldReader } from '../translate/field-reader.js'
import { createAdmission, type Admission } from './admission.js'
import { readAnswer, type Answer } from './answer.js'
import { createBreaker, type Breaker } from './breaker.js'
import type { createConfigurationFaults } from './configuration-faults.js'
import type { Permit } from './rate-limiter.js'
import { isConfigurationFault, settle, type VendorResult } from './result.js'
import { newPatience, nextTry } from './retry.js'
import type { Transport } from './transport.js'
import type { UserSigCache } from './user-sig-cache.js'

export interface CallerParts {
  readonly transport: Transport
  readonly userSigs: UserSigCache
  readonly sdkAppId: number
  readonly adminAccount: string
  readonly secretKey: string
  /** For the whole call, repetitions included, once its turn has come. */
  readonly timeoutMs: number
  /** Calls a second and API. */
  readonly rateLimit: number
  /** Once aborted, nobody waits for the vendor any longer. */
  readonly cutOff: AbortSignal
  readonly faults: ReturnType<typeof createConfigurationFaults>
  /** Told of every answer, or lack of one. */
  readonly onAnswer: (command: string, outcome: VendorResult['outcome']) => void
  /** Told of every call that was not made. */
  readonly onHeld: (command: string, cause: 'busy' | 'away') => void
}

export interface CallOptions {
  readonly isRead: boolean
  /** Lets the others go first. */
  readonly background?: boolean
  /** The place that was given to this call; without one it asks for its own. */
  readonly permit?: Permit | undefined
}

export interface Caller {
  /** Calls one command of the vendor, within a deadline and with as many tries as are safe. */
  readonly call: (command: string, body: object, options: CallOptions) => Promise<VendorResult<{ readonly response: FieldReader }>>
  /** Asks for a place for one call: see `LiveEngine.admit`. */
  readonly admit: (command: string, background?: boolean) => Promise<Admission>
  readonly breaker: Pick<Breaker, 'state'>
  readonly queues: () => Readonly<Record<string, number>>
}

/** A room that nobody has: asked about where only it matters whether an answer comes. */
const nobodysRoom = { RoomId: 'room-ledger-health' }

export const createCaller = (parts: CallerParts): Caller => {
  const { cutOff, faults, timeoutMs, onAnswer, onHeld } = parts
  const breaker = createBreaker()

  const attempt = async (command: string, body: string, remainingMs: number, isProbe = false): Promise<Answer> => {
    const userSig = parts.userSigs.current()
    const query = new URLSearchParams({
      sdkappid: String(parts.sdkAppId),
      identifier: parts.adminAccount,
      usersig: userSig,
      random: String(randomInt(2 ** 32)),
      contenttype: 'json',
    })
    const signal = AbortSignal.any([cutOff, AbortSignal.timeout(Math.max(1, Math.ceil(remainingMs)))])
    const transported = await parts.transport.post(`/v4/${roomService}/${command}?${query}`, body, signal)
    if (transported.ok || !meansAway(transported.cause)) breaker.heard()
    else breaker.missed(isProbe)
    const answer = readAnswer(transported, [userSig, parts.secretKey])
    onAnswer(command, settle(answer).outcome)
    return answer
  }
  const probe = async (): Promise<void> => {
    const { permit } = reserve(restCommands.getRoomInfo, false)
    if ((await permit?.take()) === 'go') await attempt(restCommands.getRoomInfo, JSON.stringify(nobodysRoom), timeoutMs, true)
    else breaker.missed(true)
  }
  const { admit: ask, reserve, queues } = createAdmission({ breaker, rateLimit: parts.rateLimit, cutOff, probe })
  const admit: Caller['admit'] = async (command, background = false) => {
    const admission = await ask(command, background)
    if (admission.refused) onHeld(command, admission.refused)
    return admission
  }
  /** Waits before another try, and for its turn; false where there can be none. */
  const mayRepeat = async (command: string, waitMs: number, remainingMs: number, { isRead, background = false }: CallOptions) => {
    if (waitMs >= remainingMs) return false
    await sleep(waitMs, undefined, { signal: cutOff }).catch(() => undefined)
    // A write is only repeated after the vendor has turned it away, so it is there.
    if (cutOff.aborted || (isRead && breaker.state() !== 'closed')) return false
    return (await reserve(command, background).permit?.take()) === 'go'
  }
  const repeatedly = async (command: string, body: object, options: CallOptions): Promise<Answer> => {
    const text = JSON.stringify(body)
    const patience = newPatience(options.isRead)
    const deadline = performance.now() + timeoutMs
    const remaining = (): number => deadline - performance.now()
    for (;;) {
      const answer = await attempt(command, text, remaining())
      const next = nextTry(answer, patience)
      if (!next || !(await mayRepeat(command, next.waitMs, remaining(), options)) || remaining() <= 0) return answer
      if (next.renew) parts.userSigs.renew()
    }
  }

  return {
    admit,
    breaker,
    queues,
    call: async (command, body, options) => {
      const admission = options.permit ? { permit: options.permit } : await admit(command, options.background)
      if (!admission.permit) return { outcome: 'held', cause: admission.refused, retryAfterMs: admission.retryAfterMs }
      const taken = await admission.permit.take()
      if (taken === 'cut') return { outcome: 'unknown', cause: 'shutdown' }
      if (taken === 'late') {
        onHeld(command, 'busy')
        return { outcome: 'held', cause: 'busy', retryAfterMs: 1000 }
      }
      const result = settle(await repeatedly(command, body, options))
      if (isConfigurationFault(result) && result.vendor) faults.met(command, result.vendor)
      else if (result.outcome === 'ok' || result.outcome === 'refused') faults.gotThrough(command)
      return result
    },
  }
}

/** Signs of a line that is lost or a host that hangs; not of an answer that we do not understand, nor of our own stop. */
const meansAway = (cause: string): boolean => /^(timeout|connection|truncated-answer|http-5\d\d)$/.test(cause)
