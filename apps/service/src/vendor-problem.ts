import { problemForVendorCode, type VendorFailure } from '#live-engine'
import { Problem, type ProblemParts } from '#platform'
import type { OperationKind, VendorAnswer } from '#room'

/** Seconds: what is not clear now may be so soon. */
const unclearRetryAfter = 5
const unclear = { type: 'vendor-unclear', detail: 'The vendor gave no clear answer.', retryAfter: unclearRetryAfter } as const

/**
 * How it is answered that the vendor did not do what was asked: by its code (contract §2) and in its words; without a
 * code nothing is clear.
 * @param more what else the problem says; `kind` where a command was refused.
 */
export const vendorProblem = (
  vendor: VendorAnswer | undefined,
  { kind, ...more }: Pick<ProblemParts, 'operationId' | 'headers'> & { readonly kind?: OperationKind } = {},
): Problem => {
  if (vendor?.errorCode === undefined) return new Problem({ ...unclear, ...more })
  const { type, retryAfter } = problemForVendorCode(vendor.errorCode, kind)
  if (type === 'vendor-unclear') return new Problem({ ...unclear, vendor, ...more })
  return new Problem({ type, detail: vendor.errorInfo || `The vendor refused with code ${vendor.errorCode}.`, vendor, retryAfter, ...more })
}

/** A call that was not made: our own limit, or nobody there to call. @param retryAfterMs when it is worth asking again. */
export const heldProblem = (cause: 'busy' | 'away', retryAfterMs: number): Problem =>
  new Problem({
    ...(cause === 'busy'
      ? { type: 'too-many-requests', detail: 'Too many calls to the vendor wait for their turn already; nothing was written.' }
      : { type: 'vendor-away', detail: 'The vendor cannot be reached at the moment; nothing was written.' }),
    retryAfter: retryAfterMs / 1000,
  })

/** How it is answered that a look at the vendor showed nothing. */
export const lookProblem = (failure: VendorFailure): Problem =>
  failure.outcome === 'held' ? heldProblem(failure.cause, failure.retryAfterMs) : vendorProblem(failure.vendor)
