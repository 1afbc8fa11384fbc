import { createRemoteJWKSet, customFetch, decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { Problem } from '../problems/problem.js'
import type { Credential } from './credential.js'
import { scopes, type Scope } from './decorators.js'
import { discoverKeys } from './discover-keys.js'
import { createPoliteFetch } from './polite-fetch.js'

/** Only asymmetric algorithms: with a shared-secret one anybody who can verify could also sign. */
const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519']
/** Milliseconds. Keys that are known are used for ten minutes, and for an unknown one the issuer is asked twice a minute at most. */
const waits = { afterFailure: 1_000, untilOld: 600_000, betweenLooks: 30_000 }
/** OpenID Connect's own limit for `sub`. */
const longestSubject = 255

/**
 * Accepts JWTs of one issuer for one audience. The issuer's keys are found by its discovery document, cached, and fetched
 * anew when a token names one that is unknown. Nothing is asked of the issuer before the first token that claims to be its.
 */
export const createOidc = (issuer: string, audience: string) => {
  const get = createPoliteFetch(waits.afterFailure)
  let keys: Promise<JWTVerifyGetKey> | undefined
  const findKeys = (): Promise<JWTVerifyGetKey> =>
    (keys ??= discoverKeys(issuer)
      .then((address) =>
        createRemoteJWKSet(address, { cacheMaxAge: waits.untilOld, cooldownDuration: waits.betweenLooks, [customFetch]: get }),
      )
      .catch((error: unknown) => {
        // The tokens of the next moment share the failure: an issuer in trouble is not asked for each of them.
        setTimeout(() => (keys = undefined), waits.afterFailure).unref()
        throw error
      }))

  /** Tells a token that is wrong from an issuer that cannot be asked: who holds a good token must not throw it away. */
  const getKey: JWTVerifyGetKey = async (header, token) => {
    try {
      return await (
        await findKeys()
      )(header, token)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error
      if (error instanceof errors.JOSENotSupported) throw error
      throw new Problem({ type: 'issuer-unavailable', detail: 'The issuer of the token cannot be asked for its keys at the moment.' })
    }
  }

  return {
    /**
     * @returns undefined for whatever is not a valid token of that issuer.
     * @throws Problem 503 when the issuer's keys are not known and cannot be had.
     */
    verify: async (token: string): Promise<Credential | undefined> => {
      try {
        if (decodeJwt(token).iss !== issuer) return undefined
        const { payload } = await jwtVerify(token, getKey, { issuer, audience, algorithms, requiredClaims: ['exp', 'sub'] })
        return toCredential(payload)
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined
        throw error
      }
    },
  }
}
export type Oidc = ReturnType<typeof createOidc>

const toCredential = ({ sub = '', scope }: JWTPayload): Credential | undefined => {
  if (sub === '' || Buffer.byteLength(sub) > longestSubject || /\p{Cc}/u.test(sub)) return undefined
  const granted = typeof scope === 'string' ? scope.split(' ') : []
  return { kind: 'oidc', id: sub, scopes: granted.filter((one): one is Scope => scopes.includes(one as Scope)), mayActFor: false }
}
