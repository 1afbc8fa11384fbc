import { timingSafeEqual, createHash } from 'node:crypto'
import { verifyCallbackSign } from '#live-engine'
import { isWithin, Problem, type Settings } from '#platform'

/** What the query of a callback says; names in lower case, since the vendor's own pages differ in case. */
export type CallbackQuery = ReadonlyMap<string, string>

/** @throws Problem 400 for a name that comes twice, in whatever case. */
export const readCallbackQuery = (search: string): CallbackQuery => {
  const query = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(search)) {
    const key = name.toLowerCase()
    if (query.has(key))
      throw new Problem({ type: 'invalid-request', detail: `Query parameter ${name} comes twice.`, errors: { [name]: ['comes twice'] } })
    query.set(key, value)
  }
  return query
}

/**
 * Checks who sent a callback before anything of its body is looked at, in the order of contract §4.
 * @param pathSecret the part of the path behind `/callbacks/live/`, if any.
 * @param now Unix milliseconds.
 * @throws Problem 401 or 403.
 */
export const verifyCallbackRequest = (
  settings: Settings,
  pathSecret: string | undefined,
  query: CallbackQuery,
  from: string,
  now: number,
): void => {
  const { callbackPathSecret, callbackAllowedIps, callbackTokens, sdkAppId } = settings.live
  if (callbackAllowedIps && !isWithin(callbackAllowedIps, from))
    throw new Problem({ type: 'forbidden', detail: 'Callbacks from this address are not accepted.' })
  if (!sameText(callbackPathSecret ?? '', pathSecret ?? ''))
    throw new Problem({ type: 'forbidden', detail: 'Callbacks are not accepted at this path.' })
  if (query.get('sdkappid') !== String(sdkAppId))
    throw new Problem({ type: 'forbidden', detail: 'SdkAppid is missing or not that of this ledger.' })
  if (callbackTokens.length === 0) return
  const verdict = verifyCallbackSign({ sign: query.get('sign'), requestTime: query.get('requesttime') }, callbackTokens, now)
  if (verdict !== 'ok') throw new Problem({ type: 'unauthorized', detail: signProblems[verdict] })
}

const signProblems = {
  missing: 'Sign and RequestTime are required: callback authentication is on.',
  stale: 'RequestTime is more than 60 seconds off; check both clocks.',
  wrong: 'Sign does not fit any callback token.',
} as const

/** Compares digests, so that neither content nor length shows in the time it takes. */
const sameText = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
