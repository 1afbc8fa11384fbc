import { Problem } from '../problems/problem.js'
import type { ApiKeys } from './api-keys.js'
import type { Credential } from './credential.js'
import type { Requester, Scope } from './decorators.js'
import { createFailedAttempts, type FailedAttempts } from './failed-attempts.js'
import { queryParameter } from './key-in-query.js'
import type { Oidc } from './oidc.js'
import { readOnBehalfOf } from './on-behalf-of.js'

export interface Claim {
  /** The address it comes from. */
  readonly client: string
  readonly authorization?: string | undefined
  /** What a route marked `@KeyInQuery()` was sent in the query. */
  readonly keyInQuery?: string | undefined
  readonly onBehalfOf?: string | string[] | undefined
}

export interface AuthenticatorOptions {
  /** Routes marked `@KeyInQuery()` take a credential in the query (EVENTS_KEY_IN_QUERY). Default: no. */
  readonly keysInQuery?: boolean
}

/** Finds out who asks, and whether they may. */
export const createAuthenticator = (
  apiKeys: ApiKeys | undefined,
  oidc: Oidc | undefined,
  failedAttempts: FailedAttempts = createFailedAttempts(),
  { keysInQuery = false }: AuthenticatorOptions = {},
) => {
  const tokenOf = ({ authorization, keyInQuery, client }: Claim): string | undefined => {
    if (keyInQuery === undefined) return /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '')?.[1]
    if (!keysInQuery) throw failedAttempts.judge(client, notInQuery())
    if (authorization !== undefined) throw twoCredentials()
    return keyInQuery
  }

  const identify = async (claim: Claim): Promise<Credential> => {
    const { authorization, client } = claim
    const token = tokenOf(claim)
    if (token === undefined) {
      const missing = new Problem({ type: 'unauthorized', detail: 'Send Authorization: Bearer with an API key or a token.' })
      // Who shows nothing has tried nothing: a page before its log-in, a probe.
      throw authorization === undefined ? missing : failedAttempts.judge(client, missing)
    }
    const credential = apiKeys?.verify(token) ?? (await oidc?.verify(token))
    if (!credential) throw failedAttempts.judge(client, new Problem({ type: 'unauthorized', detail: 'The credential is not valid.' }))
    return credential
  }

  /** @throws Problem 401 or 403; 429 for one bad credential too many; 400 for a bad `On-Behalf-Of`, or for two credentials; 503 when the issuer of tokens cannot be asked. */
  return async (claim: Claim, required: readonly Scope[]): Promise<Requester> => {
    const { onBehalfOf } = claim
    const { kind, id, scopes, mayActFor } = await identify(claim)
    const missing = required.filter((scope) => !scopes.includes(scope))
    if (missing.length > 0)
      throw new Problem({ type: 'forbidden', detail: `The credential lacks the scope ${missing.join(' and the scope ')}.` })
    if (onBehalfOf === undefined) return { kind, id }
    if (!mayActFor) throw new Problem({ type: 'forbidden', detail: 'The credential may not act on behalf of others.' })
    return { kind, id, onBehalfOf: readOnBehalfOf(onBehalfOf) }
  }
}

const notInQuery = (): Problem =>
  new Problem({
    type: 'unauthorized',
    detail: `This service takes no credential in the query, where logs would keep it, unless EVENTS_KEY_IN_QUERY=allow is set. Send Authorization: Bearer.`,
  })

const twoCredentials = (): Problem => {
  const rule = `${queryParameter} may not come together with Authorization`
  return new Problem({ type: 'invalid-request', detail: `${rule}: which would count?`, errors: { [queryParameter]: [rule] } })
}

export type Authenticator = ReturnType<typeof createAuthenticator>
