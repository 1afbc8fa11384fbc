import 'reflect-metadata'
import { Logger } from 'nestjs-pino'
import { loadSettings, openApiKeys, SettingsError, type ApiKeys, type Settings } from '#platform'
import { closeAdapters, namingStoreIfAway, openAdapters, type Log } from './adapters.js'
import { createApp } from './create-app.js'
import { listen } from './listen.js'
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
  let logger: Logger | undefined
  const early: Parameters<Log>[] = []
  const log: Log = (level, message) => {
    if (logger) logger[level === 'info' ? 'log' : level](message, 'service')
    // What is found at the opening, such as a damaged index, is told when there is somebody to tell.
    else early.push([level, message])
  }

  const adapters = await openAdapters(settings, log)
  const service = createService(settings, adapters, log)
  try {
    const app = await createApp({ settings, service, apiKeys, log })
    logger = app.get(Logger)
    for (const line of early) log(...line)
    await Promise.all([adapters.projections.start(), adapters.directory.start(), adapters.auditLog.start()])
    const endListening = await listen(app, settings.port, settings.host)
    service.start()
    const url = await app.getUrl()
    log('info', `listening on ${url}, store ${adapters.store.engine}`)
    return {
      url,
      reloadKeys: () => reload(apiKeys, log),
      stop: async () => {
        await Promise.all([app.close(), endListening(), service.windDown()])
        await service.seal()
        await closeAdapters(adapters)
      },
    }
  } catch (error) {
    // What fails at the closing is only what has failed before: the first error tells the remedy.
    await closeAdapters(adapters).catch(() => undefined)
    throw namingStoreIfAway(error)
  }
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
