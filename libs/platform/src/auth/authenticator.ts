import { Problem } from '../problems/problem.js'
import type { ApiKeys } from './api-keys.js'
import type { Credential } from './credential.js'
import type { Requester, Scope } from './decorators.js'
import type { Oidc } from './oidc.js'
import { readOnBehalfOf } from './on-behalf-of.js'

export interface CredentialHeaders {
  readonly authorization?: string | undefined
  readonly onBehalfOf?: string | string[] | undefined
}

/** Finds out who asks, and whether they may. */
export const createAuthenticator = (apiKeys: ApiKeys | undefined, oidc: Oidc | undefined) => {
  const identify = async (authorization: string | undefined): Promise<Credential> => {
    const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) throw new Problem({ type: 'unauthorized', detail: 'Send Authorization: Bearer with an API key or a token.' })
    const credential = apiKeys?.verify(token) ?? (await oidc?.verify(token))
    if (!credential) throw new Problem({ type: 'unauthorized', detail: 'The credential is not valid.' })
    return credential
  }

  /** @throws Problem 401 or 403; 400 for a bad `On-Behalf-Of`; 503 when the issuer of tokens cannot be asked. */
  return async ({ authorization, onBehalfOf }: CredentialHeaders, required: readonly Scope[]): Promise<Requester> => {
    const { kind, id, scopes, mayActFor } = await identify(authorization)
    const missing = required.filter((scope) => !scopes.includes(scope))
    if (missing.length > 0)
      throw new Problem({ type: 'forbidden', detail: `The credential lacks the scope ${missing.join(' and the scope ')}.` })
    if (onBehalfOf === undefined) return { kind, id }
    if (!mayActFor) throw new Problem({ type: 'forbidden', detail: 'The credential may not act on behalf of others.' })
    return { kind, id, onBehalfOf: readOnBehalfOf(onBehalfOf) }
  }
}
export type Authenticator = ReturnType<typeof createAuthenticator>
