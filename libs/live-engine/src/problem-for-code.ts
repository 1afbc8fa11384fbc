import type { OperationKind } from '#room'
import { classifyErrorCode, errorCodes } from './wire/error-codes.js'

/** Problem types for what the vendor says to a command, with the HTTP status of each (contract §2). */
export const vendorProblemStatus = {
  'vendor-refused-parameters': 422,
  'room-id-taken': 409,
  'room-not-at-vendor': 404,
  'vendor-not-permitted': 409,
  /** A refusal that none of the others names: the room's state at the vendor does not allow it. */
  'vendor-refused': 409,
  'vendor-throttled': 429,
  'vendor-configuration': 502,
  /** The code says that the vendor itself does not know what became of the call. */
  'vendor-unclear': 502,
} as const

export type VendorProblemType = keyof typeof vendorProblemStatus

export interface VendorProblem {
  readonly type: VendorProblemType
  readonly status: (typeof vendorProblemStatus)[VendorProblemType]
  /** Seconds. */
  readonly retryAfter?: number
}

const { badParameter, roomIdTaken, roomIdTakenByOperator, roomIdTakenByGroup, roomAbsent, notPermitted, userSigRefusedTooOften } =
  errorCodes

const byCode: Readonly<Record<number, VendorProblemType>> = {
  [badParameter]: 'vendor-refused-parameters',
  60015: 'vendor-refused-parameters',
  70402: 'vendor-refused-parameters',
  70107: 'vendor-refused-parameters',
  100009: 'vendor-refused-parameters',
  100015: 'vendor-refused-parameters',
  [roomAbsent]: 'room-not-at-vendor',
  [notPermitted]: 'vendor-not-permitted',
  // The address or the form of our calls is not the vendor's: nothing that who asked could mend.
  60002: 'vendor-configuration',
  60003: 'vendor-configuration',
  60009: 'vendor-configuration',
}
const taken: readonly number[] = [roomIdTaken, roomIdTakenByOperator, roomIdTakenByGroup]

const byClass = {
  ok: 'vendor-unclear',
  retry: 'vendor-unclear',
  throttled: 'vendor-throttled',
  resign: 'vendor-configuration',
  ambiguous: 'vendor-configuration',
  configuration: 'vendor-configuration',
  refused: 'vendor-refused',
} as const

/**
 * How a call that the vendor refused with this code is answered: problem type without its `/problems/`, and status.
 * @param kind of the command that it refused; absent: it only was to show something.
 */
export const problemForVendorCode = (code: number, kind?: OperationKind): VendorProblem => {
  const isTaken = kind === 'create-room' && taken.includes(code)
  const type = isTaken ? 'room-id-taken' : (byCode[code] ?? byClass[classifyErrorCode(code)])
  const status = vendorProblemStatus[type]
  return type === 'vendor-throttled' ? { type, status, retryAfter: code === userSigRefusedTooOften ? 60 : 1 } : { type, status }
}
