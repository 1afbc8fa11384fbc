import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { Logger } from 'nestjs-pino'
import {
  createAuthenticator,
  createOidc,
  fastifyOptions,
  loadSettings,
  measureRequests,
  openApiKeys,
  refuseDoubledParameters,
  refuseWhileClosing,
  registerStrictJson,
  serveOpenApi,
  SettingsError,
  validation,
  type ApiKeys,
  type Settings,
} from '#platform'
import { closeAdapters, namingStoreIfAway, openAdapters, type Log } from './adapters.js'
import { AppModule } from './app.module.js'
import { guardCallbacks, isCallback } from './callbacks/callback-gate.js'
import { corsFor } from './cors.js'
import { createService } from './service.js'

export interface RunningService {
  readonly url: string
  /** Reads the API keys file again; a bad one is reported and changes nothing. */
  reloadKeys(): void
  /** Stops accepting, finishes what is in flight, closes the store. */
  stop(): Promise<void>
}

/**
 * Starts the service.
 * @param env variables of docs/reference/settings.md.
 * @throws SettingsError with everything that is wrong with them; an Error when the store cannot be opened.
 */
export const startService = async (env: Readonly<Record<string, string | undefined>>): Promise<RunningService> => {
  const settings = loadSettings(env)
  const apiKeys = readKeys(settings)
  const oidc = settings.oidc && createOidc(settings.oidc.issuer, settings.oidc.audience)
  let logger: Logger | undefined
  const log: Log = (level, message) => logger?.[level === 'info' ? 'log' : level](message, 'service')

  const adapters = await openAdapters(settings, log)
  const service = createService(settings, adapters, log)
  try {
    const app = await createApp(settings, AppModule.with({ settings, service, authenticator: createAuthenticator(apiKeys, oidc) }))
    logger = app.get(Logger)
    await Promise.all([adapters.projections.start(), adapters.directory.start()])
    await app.listen(settings.port, settings.host)
    service.start()
    const url = await app.getUrl()
    log('info', `listening on ${url}, store ${adapters.store.engine}`)
    return {
      url,
      reloadKeys: () => reload(apiKeys, log),
      stop: async () => {
        await Promise.all([app.close(), service.windDown()])
        await closeAdapters(adapters)
      },
    }
  } catch (error) {
    // What fails at the closing is only what has failed before: the first error tells the remedy.
    await closeAdapters(adapters).catch(() => undefined)
    throw namingStoreIfAway(error)
  }
}

const createApp = async (settings: Settings, module: ReturnType<typeof AppModule.with>): Promise<NestFastifyApplication> => {
  const adapter = new FastifyAdapter({
    ...fastifyOptions,
    forceCloseConnections: 'idle',
  })
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { bufferLogs: true, bodyParser: false })
  const fastify = adapter.getInstance()
  // What is answered during shutdown ends its connection: a client that kept it open would keep the service from ending.
  fastify.addHook('onSend', async (_request, reply) => {
    if (!fastify.server.listening) void reply.header('Connection', 'close')
  })
  refuseWhileClosing(fastify)
  guardCallbacks(fastify, settings)
  refuseDoubledParameters(fastify)
  registerStrictJson(fastify, { isRaw: isCallback })
  measureRequests(fastify)
  app.useLogger(app.get(Logger))
  app.useGlobalPipes(validation)
  if (settings.corsOrigins.length > 0) app.enableCors(corsFor(settings.corsOrigins))
  serveOpenApi(app, {
    title: 'Room Ledger',
    description: 'Who owned a live room, what it looked like, who changed it, when, and why.',
    version: '1',
  })
  return app
}

const readKeys = ({ apiKeysFile }: Settings): ApiKeys | undefined => {
  try {
    return apiKeysFile === undefined ? undefined : openApiKeys(apiKeysFile)
  } catch (error) {
    throw new SettingsError([{ variable: 'API_KEYS_FILE', message: (error as Error).message }])
  }
}

const reload = (apiKeys: ApiKeys | undefined, log: Log): void => {
  try {
    apiKeys?.reload()
    log('info', 'API keys read again')
  } catch (error) {
    log('error', `API keys left as they were: ${(error as Error).message}`)
  }
}
