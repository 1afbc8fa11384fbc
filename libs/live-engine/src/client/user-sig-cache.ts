import { signUserSig } from '../wire/user-sig.js'

/** A day: the least that the vendor recommends (trtc 69883). */
const lifetimeSeconds = 86_400

export interface UserSigCache {
  /** The signature in use, made anew when half of its life is over. */
  readonly current: () => string
  /** Makes it anew at once: the vendor thinks it expired. */
  readonly renew: () => string
}

/**
 * Keeps one UserSig, since the vendor lets one be used until it expires (trtc 63398).
 * @param now Unix milliseconds.
 */
export const createUserSigCache = (
  credentials: { readonly sdkAppId: number; readonly adminAccount: string; readonly secretKey: string },
  now: () => number,
): UserSigCache => {
  const { sdkAppId, adminAccount: identifier, secretKey } = credentials
  let time = 0
  let userSig = ''
  const renew = (): string => {
    time = Math.floor(now() / 1000)
    userSig = signUserSig({ sdkAppId, identifier, secretKey, time, expire: lifetimeSeconds })
    return userSig
  }
  const isFresh = (): boolean => {
    const age = now() / 1000 - time
    // A clock that was set back would make it look issued in the future.
    return userSig !== '' && age >= 0 && age < lifetimeSeconds / 2
  }
  return { renew, current: () => (isFresh() ? userSig : renew()) }
}
