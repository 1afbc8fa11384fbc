import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { VendorAnswer } from '#room'
import { roomService } from '../wire/commands.js'
import type { FieldReader } from '../translate/field-reader.js'
import { readAnswer, type Answer } from './answer.js'
import { newPatience, nextTry } from './retry.js'
import type { Transport } from './transport.js'
import type { UserSigCache } from './user-sig-cache.js'

/**
 * What became of a call. `refused` = the vendor will not; `throttled` = not now, nothing was done; `configuration` = nothing
 * works until somebody mends something; `unknown` = it may or may not have been done, `cause` says in one stable word why
 * that is not known (`timeout`, `shutdown`, `connection`, `truncated-answer`, `oversized-answer`, `unreadable-answer`,
 * `contradictory-answer`, `http-502`, `vendor-100001`).
 */
export type VendorResult<Response = object> = ({ readonly outcome: 'ok'; readonly vendor: VendorAnswer } & Response) | VendorFailure
export type VendorFailure =
  | { readonly outcome: 'refused' | 'throttled' | 'configuration'; readonly vendor: VendorAnswer }
  | { readonly outcome: 'unknown'; readonly cause: string; readonly vendor?: VendorAnswer }

export interface CallerParts {
  readonly transport: Transport
  readonly userSigs: UserSigCache
  readonly sdkAppId: number
  readonly adminAccount: string
  readonly secretKey: string
  /** For the whole call, repetitions included. */
  readonly timeoutMs: number
  /** Once aborted, nobody waits for the vendor any longer. */
  readonly cutOff: AbortSignal
}

export type Call = (command: string, body: object, isRead: boolean) => Promise<VendorResult<{ readonly response: FieldReader }>>

/** Calls one command of the vendor, within a deadline and with as many tries as are safe. */
export const createCall = (parts: CallerParts): Call => {
  const attempt = async (command: string, body: string, remainingMs: number): Promise<Answer> => {
    const userSig = parts.userSigs.current()
    const query = new URLSearchParams({
      sdkappid: String(parts.sdkAppId),
      identifier: parts.adminAccount,
      usersig: userSig,
      random: String(randomInt(2 ** 32)),
      contenttype: 'json',
    })
    const signal = AbortSignal.any([parts.cutOff, AbortSignal.timeout(Math.max(1, Math.ceil(remainingMs)))])
    const transported = await parts.transport.post(`/v4/${roomService}/${command}?${query}`, body, signal)
    return readAnswer(transported, [userSig, parts.secretKey])
  }

  return async (command, body, isRead) => {
    const text = JSON.stringify(body)
    const patience = newPatience(isRead)
    const deadline = performance.now() + parts.timeoutMs
    for (;;) {
      const answer = await attempt(command, text, deadline - performance.now())
      const next = nextTry(answer, patience)
      if (!next || performance.now() + next.waitMs >= deadline) return settle(answer)
      if (next.renew) parts.userSigs.renew()
      await sleep(next.waitMs, undefined, { signal: parts.cutOff }).catch(() => undefined)
      if (parts.cutOff.aborted) return settle(answer)
    }
  }
}

const settle = (answer: Answer): VendorResult<{ readonly response: FieldReader }> => {
  if (answer.kind === 'unclear') return { outcome: 'unknown', cause: answer.cause, ...(answer.vendor && { vendor: answer.vendor }) }
  const { errorClass, errorCode, vendor, response } = answer
  switch (errorClass) {
    case 'ok':
      return { outcome: 'ok', vendor, response }
    case 'refused':
    case 'throttled':
      return { outcome: errorClass, vendor }
    case 'retry':
      return { outcome: 'unknown', cause: `vendor-${errorCode}`, vendor }
    default:
      return { outcome: 'configuration', vendor }
  }
}
