import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { Logger } from 'nestjs-pino'
import {
  createAuthenticator,
  createFailedAttempts,
  createOidc,
  fastifyOptions,
  guardAddresses,
  isWithin,
  measureRequests,
  refuseDoubledParameters,
  refuseWhileClosing,
  registerStrictJson,
  sendSecurityHeaders,
  serveOpenApi,
  validation,
  type ApiKeys,
  type Settings,
} from '#platform'
import type { Log } from './adapters.js'
import { AppModule } from './app.module.js'
import { guardCallbacks, isCallback } from './callbacks/callback-gate.js'
import { corsFor } from './cors.js'
import type { Service } from './service.js'

export interface HttpParts {
  readonly settings: Settings
  readonly service: Service
  readonly apiKeys: ApiKeys | undefined
  readonly log: Log
}

/** Puts HTTP around the service: Nest on Fastify, with everything that stands before a route. It does not listen yet. */
export const createApp = async ({ settings, service, apiKeys, log }: HttpParts): Promise<NestFastifyApplication> => {
  const { trustedProxies, oidc, metricsScope, docsScope, corsOrigins, keysInQuery } = settings
  const failures = (what: string) =>
    createFailedAttempts({ onTooMany: (client) => log('warn', `too many ${what} from ${client} that are not valid`) })
  const issuer = oidc && createOidc(oidc.issuer, oidc.audience)
  const authenticator = createAuthenticator(apiKeys, issuer, failures('credentials'), { keysInQuery })

  const adapter = new FastifyAdapter({
    ...fastifyOptions,
    forceCloseConnections: 'idle',
    trustProxy: trustedProxies ? (address: string) => isWithin(trustedProxies, address) : false,
  })
  const module = AppModule.with({ settings, service, authenticator })
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { bufferLogs: true, bodyParser: false })
  const fastify = adapter.getInstance()
  // What is answered during shutdown ends its connection: a client that kept it open would keep the service from ending.
  fastify.addHook('onSend', async (_request, reply) => {
    if (!fastify.server.listening) void reply.header('Connection', 'close')
  })
  sendSecurityHeaders(fastify)
  refuseWhileClosing(fastify)
  guardCallbacks(fastify, settings, failures('signs of callbacks'), (refused) =>
    log('warn', `more callbacks come than can be written down: ${refused} refused`),
  )
  guardAddresses(fastify, authenticator, { metrics: metricsScope, docs: docsScope })
  refuseDoubledParameters(fastify)
  registerStrictJson(fastify, { isRaw: isCallback })
  measureRequests(fastify)
  app.useLogger(app.get(Logger))
  app.useGlobalPipes(validation)
  if (corsOrigins.length > 0) app.enableCors(corsFor(corsOrigins))
  serveOpenApi(app, {
    title: 'Room Ledger',
    description: 'Who owned a live room, what it looked like, who changed it, when, and why.',
    version: '1',
  })
  return app
}
