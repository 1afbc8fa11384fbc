import { createHash, timingSafeEqual } from 'node:crypto'

/** `stale` = signed too long ago, or with a clock too far ahead. */
export type CallbackSignVerdict = 'ok' | 'missing' | 'stale' | 'wrong'

/**
 * Signs a callback as the vendor does: lower-case hex SHA-256 of the token with the time behind it (trtc 64412).
 * It covers neither body nor command, so it is only as safe as the transport.
 * @param requestTime Unix seconds.
 */
export const signCallback = (token: string, requestTime: number | string): string =>
  createHash('sha256').update(`${token}${requestTime}`).digest('hex')

/**
 * Checks `Sign` and `RequestTime` of a callback's query.
 *
 * The time is looked at first: a stale signature is stale whatever it says. Every token is tried, in constant time, so
 * that nothing shows which of them (two during a rotation) fits, nor how nearly.
 * @param tokens those that are valid now; with none, nothing is right.
 * @param now Unix milliseconds.
 * @param toleranceSeconds how far RequestTime may be off, either way; the vendor advises one minute.
 */
export const verifyCallbackSign = (
  { sign, requestTime }: { readonly sign?: string | undefined; readonly requestTime?: string | undefined },
  tokens: readonly string[],
  now: number,
  toleranceSeconds = 60,
): CallbackSignVerdict => {
  if (!sign || !requestTime) return 'missing'
  if (!/^\d{1,12}$/.test(requestTime)) return 'wrong'
  if (Math.abs(now - Number(requestTime) * 1000) > toleranceSeconds * 1000) return 'stale'
  const given = digest(sign)
  const right = tokens.map((token) => timingSafeEqual(digest(signCallback(token, requestTime)), given))
  return right.includes(true) ? 'ok' : 'wrong'
}

/** Digests are of one length, whatever was sent. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
