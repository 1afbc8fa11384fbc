import type { VendorAnswer } from '#room'
import { readFields, type FieldReader } from '../translate/field-reader.js'
import { classifyErrorCode, type ErrorClass } from '../wire/error-codes.js'
import { parseVendorJson } from '../wire/json.js'
import type { Transported } from './transport.js'

/** What came of one attempt: the vendor's word, or none that can be understood. */
export type Answer =
  | {
      readonly kind: 'said'
      readonly errorClass: ErrorClass
      readonly errorCode: number
      readonly vendor: VendorAnswer
      readonly response: FieldReader
    }
  | { readonly kind: 'unclear'; readonly cause: string; readonly vendor?: VendorAnswer }

/** Longer texts of the vendor are cut: they end up in the ledger and in answers of ours. */
const longestText = 1000

/**
 * Reads the envelope of an answer. Success is `ErrorCode` 0 together with `ActionStatus` OK, nothing less (trtc 63398).
 * @param secrets what must not be kept or shown, should the vendor repeat it in its `ErrorInfo`.
 */
export const readAnswer = (transported: Transported, secrets: readonly string[]): Answer => {
  if (!transported.ok) return { kind: 'unclear', cause: transported.cause }
  const parsed = parseVendorJson(transported.body)
  if (!parsed.ok) return { kind: 'unclear', cause: 'unreadable-answer' }
  const envelope = readFields(parsed.value)
  const status = envelope.text('ActionStatus')
  const errorCode = envelope.integer('ErrorCode')
  const errorInfo = envelope.text('ErrorInfo')
  const requestId = envelope.text('RequestId')
  if (status === undefined || errorCode === undefined || envelope.misfits.length > 0) return { kind: 'unclear', cause: 'unreadable-answer' }

  const clean = (text: string): string =>
    secrets
      .reduce((left, secret) => left.replaceAll(secret, '[hidden]'), text)
      .slice(0, longestText)
      .toWellFormed()
  const vendor = {
    errorCode,
    ...(errorInfo !== undefined && { errorInfo: clean(errorInfo) }),
    ...(requestId !== undefined && { requestId: clean(requestId) }),
  }
  if (errorCode === 0 && status !== 'OK') return { kind: 'unclear', cause: 'contradictory-answer', vendor }
  const response = readFields(parsed.value, { lenient: true }).object('Response')
  return { kind: 'said', errorClass: classifyErrorCode(errorCode), errorCode, vendor, response }
}
