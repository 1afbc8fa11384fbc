import { createRemoteJWKSet, jwtVerify, type JWTVerifyGetKey } from 'jose'
import type { Credential } from './api-keys.js'
import { scopes, type Scope } from './decorators.js'

/** Only asymmetric algorithms: with a shared-secret one anybody who can verify could also sign. */
const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']

/** Accepts JWTs of one issuer for one audience. Keys are fetched from the issuer, cached, and fetched anew when one is unknown. */
export const createOidc = (issuer: string, audience: string) => {
  let keys: Promise<JWTVerifyGetKey> | undefined
  const discover = async (): Promise<JWTVerifyGetKey> => {
    const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(5000) })
    const { jwks_uri } = (await response.json()) as { jwks_uri: string }
    return createRemoteJWKSet(new URL(jwks_uri))
  }
  return {
    /** @returns undefined for whatever is not a valid token of that issuer. */
    verify: async (token: string): Promise<Credential | undefined> => {
      try {
        keys ??= discover()
        const { payload } = await jwtVerify(token, await keys, { issuer, audience, algorithms, requiredClaims: ['exp', 'sub'] })
        const granted = typeof payload['scope'] === 'string' ? payload['scope'].split(' ') : []
        return {
          kind: 'oidc',
          id: payload.sub!,
          scopes: granted.filter((scope): scope is Scope => scopes.includes(scope as Scope)),
          mayActFor: false,
        }
      } catch (error) {
        // The issuer could not be asked: the next token tries again.
        if (!(error as { code?: string }).code?.startsWith('ERR_J')) keys = undefined
        return undefined
      }
    },
  }
}
export type Oidc = ReturnType<typeof createOidc>
