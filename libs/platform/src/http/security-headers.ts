import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import helmet from 'helmet'
import { isApiPage } from './open-api.js'

/** Nothing of what the API answers is a page that runs: should a browser take it for one all the same, it finds every door shut. */
const nothing = { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] }

/**
 * The page of the API runs scripts of this very address, none that stand in it. Its styles are another matter: Swagger UI
 * writes them into its elements.
 */
const apiPage = {
  ...nothing,
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
}

/** Built once: putting together a policy for every request costs more than most requests do. */
const headersWith = (directives: typeof nothing) =>
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    xFrameOptions: { action: 'deny' },
    // Below: not before it is known that the client came by TLS.
    strictTransportSecurity: false,
  })

const usual = headersWith(nothing)
const onApiPage = headersWith(apiPage)

/** For answers that Fastify gives before any hook is reached. */
export const setUsualHeaders = (request: IncomingMessage, reply: ServerResponse): void => usual(request, reply, () => undefined)

/**
 * Sets the headers that tell a browser what not to do with an answer. HSTS goes out only with what was asked for over TLS,
 * as a trusted proxy says: the service itself speaks none, and on plain HTTP browsers ignore the header.
 */
export const sendSecurityHeaders = (fastify: FastifyInstance): void => {
  const hsts = helmet.strictTransportSecurity()
  fastify.addHook('onRequest', (request, reply, done) => {
    const set = isApiPage(request.routeOptions.url) ? onApiPage : usual
    set(request.raw, reply.raw, () => (request.protocol === 'https' ? hsts(request.raw, reply.raw, done) : done()))
  })
}
