import type { FastifyInstance } from 'fastify'
import { isApiPage } from '../http/open-api.js'
import type { Authenticator } from './authenticator.js'
import type { Scope } from './decorators.js'

export interface AddressScopes {
  /** For `/metrics`; undefined = open. */
  readonly metrics: Scope | undefined
  /** For `/docs` and all of its files, and for the description of the API; undefined = open. */
  readonly docs: Scope | undefined
}

/**
 * Asks for a scope where no guard of Nest's stands, or the settings decide whether one is needed. By the route a request
 * will reach, not by how its address is spelled.
 */
export const guardAddresses = (fastify: FastifyInstance, authenticate: Authenticator, { metrics, docs }: AddressScopes): void => {
  const scopeOf = (route: string | undefined): Scope | undefined => (route === '/metrics' ? metrics : isApiPage(route) ? docs : undefined)
  fastify.addHook('onRequest', async ({ routeOptions, headers, ip }) => {
    const scope = scopeOf(routeOptions.url)
    if (scope !== undefined) await authenticate({ authorization: headers.authorization, client: ip }, [scope])
  })
}
