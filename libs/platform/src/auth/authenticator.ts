import { Problem } from '../problems/problem.js'
import type { ApiKeys, Credential } from './api-keys.js'
import type { Requester, Scope } from './decorators.js'
import type { Oidc } from './oidc.js'

export interface CredentialHeaders {
  readonly authorization?: string | undefined
  readonly onBehalfOf?: string | string[] | undefined
}

const longestName = 128

/** Finds out who asks, and whether they may. */
export const createAuthenticator = (apiKeys: ApiKeys | undefined, oidc: Oidc | undefined) => {
  const identify = async (authorization: string | undefined): Promise<Credential> => {
    const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) throw new Problem({ type: 'unauthorized', detail: 'Send Authorization: Bearer with an API key or a token.' })
    const credential = apiKeys?.verify(token) ?? (token.split('.').length === 3 ? await oidc?.verify(token) : undefined)
    if (!credential) throw new Problem({ type: 'unauthorized', detail: 'The credential is not valid.' })
    return credential
  }

  /** @throws Problem 401 or 403 */
  return async ({ authorization, onBehalfOf }: CredentialHeaders, required: readonly Scope[]): Promise<Requester> => {
    const { kind, id, scopes, mayActFor } = await identify(authorization)
    const missing = required.find((scope) => !scopes.includes(scope))
    if (missing) throw new Problem({ type: 'forbidden', detail: `The credential lacks the scope ${missing}.` })
    if (onBehalfOf === undefined) return { kind, id }
    if (!mayActFor) throw new Problem({ type: 'forbidden', detail: 'The credential may not act on behalf of others.' })
    if (typeof onBehalfOf !== 'string' || onBehalfOf === '' || Buffer.byteLength(onBehalfOf) > longestName)
      throw new Problem({
        type: 'invalid-request',
        detail: `On-Behalf-Of must be 1 to ${longestName} bytes.`,
        errors: { 'On-Behalf-Of': [`must be 1 to ${longestName} bytes`] },
      })
    return { kind, id, onBehalfOf }
  }
}
export type Authenticator = ReturnType<typeof createAuthenticator>
