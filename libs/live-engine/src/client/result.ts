import type { VendorAnswer } from '#room'
import { problemForVendorCode } from '../problem-for-code.js'
import type { FieldReader } from '../translate/field-reader.js'
import { errorCodes } from '../wire/error-codes.js'
import type { Answer } from './answer.js'

/**
 * What became of a call. `refused` = the vendor will not; `throttled` = not now, nothing was done; `configuration` = nothing
 * works until somebody mends something; `held` = it was not made: too many wait already (`busy`), or the vendor cannot be
 * reached (`away`); `unknown` = it may or may not have been done, `cause` says in one stable word why
 * that is not known (`timeout`, `shutdown`, `connection`, `truncated-answer`, `oversized-answer`, `unreadable-answer`,
 * `contradictory-answer`, `http-502`, `vendor-100001`).
 */
export type VendorResult<Response = object> = ({ readonly outcome: 'ok'; readonly vendor: VendorAnswer } & Response) | VendorFailure
export type VendorFailure =
  | { readonly outcome: 'refused' | 'throttled' | 'configuration'; readonly vendor: VendorAnswer }
  | { readonly outcome: 'held'; readonly cause: 'busy' | 'away'; readonly retryAfterMs: number; readonly vendor?: undefined }
  | { readonly outcome: 'unknown'; readonly cause: string; readonly vendor?: VendorAnswer }

/** What an answer comes to when nothing more is tried. */
export const settle = (answer: Answer): VendorResult<{ readonly response: FieldReader }> => {
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

/** Whether somebody must mend something first: that goes for some refusals too (a wrong path, 60009), and for a signature refused too often. */
export const isConfigurationFault = ({ outcome, vendor }: VendorResult): boolean => {
  const code = vendor?.errorCode ?? errorCodes.ok
  if (outcome === 'refused') return problemForVendorCode(code).type === 'vendor-configuration'
  return outcome === 'configuration' || code === errorCodes.userSigRefusedTooOften
}
