import { errorCodes } from '../wire/error-codes.js'
import type { Answer } from './answer.js'

/** What a call may still try; made anew for every call. */
export interface Patience {
  throttled: number
  unclear: number
  renewals: number
}

/**
 * Only reads may be repeated when nobody knows what became of them: a write that may have been done is never sent twice.
 * What the vendor turned away undone (throttled, signature) may be sent again in either case.
 */
export const newPatience = (isRead: boolean): Patience => ({ throttled: 3, unclear: isRead ? 2 : 0, renewals: 1 })

/** What to do after an answer: wait so many milliseconds and try again, perhaps with a new UserSig; or undefined, let it be. */
export const nextTry = (answer: Answer, patience: Patience): { readonly waitMs: number; readonly renew: boolean } | undefined => {
  switch (answer.kind === 'unclear' ? 'retry' : answer.errorClass) {
    case 'retry':
      return (patience.unclear -= 1) < 0 ? undefined : { waitMs: spread(100 * 2 ** (1 - patience.unclear)), renew: false }
    case 'throttled':
      return (patience.throttled -= 1) < 0
        ? undefined
        : { waitMs: throttledWait(answer, 200 * 2 ** (2 - patience.throttled)), renew: false }
    case 'resign':
    case 'ambiguous':
      return (patience.renewals -= 1) < 0 ? undefined : { waitMs: 0, renew: true }
    default:
      return undefined
  }
}

/** One room id may be created once a second (100012); a UserSig that was refused too often is barred for a minute (70050). */
const throttledWait = (answer: Answer, usual: number): number => {
  const code = answer.kind === 'said' ? answer.errorCode : undefined
  if (code === errorCodes.userSigRefusedTooOften) return 60_000
  return spread(code === errorCodes.createdTooOften ? Math.max(1000, usual) : usual)
}

/** Up to a quarter more, so that callers who were turned away together do not come back together. */
const spread = (ms: number): number => ms * (1 + Math.random() / 4)
