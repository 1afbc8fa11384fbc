import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { loadSettings, type Environment, type Settings } from '#platform'
import { makeTryingKey } from './trying-key.js'

const sandboxEntry = fileURLToPath(new URL('../../../sandbox/src/main.js', import.meta.url))

export interface SandboxMode {
  readonly url: string
  /** Undefined when the user brings an API_KEYS_FILE: its secrets are not ours to know. */
  readonly apiKey: string | undefined
}

/** What the settings leave open when no vendor is set. */
const fillIn = (env: Environment) => ({
  LIVE_SDK_APP_ID: env['LIVE_SDK_APP_ID'] || '1400000000',
  LIVE_ADMIN_ACCOUNT: env['LIVE_ADMIN_ACCOUNT'] || 'administrator',
  LIVE_SECRET_KEY: env['LIVE_SECRET_KEY'] || randomBytes(32).toString('hex'),
  LIVE_CALLBACK_TOKEN: env['LIVE_CALLBACK_TOKEN'] || randomBytes(32).toString('hex'),
  LOG_LEVEL: env['LOG_LEVEL'] || 'warn',
  // For trying out, one instance is enough, and its own key with it.
  AUDIT_SIGNING_KEY_FILE: env['AUDIT_SIGNING_KEY_FILE'] || join(env['DATA_DIR'] || 'data', 'audit-key.pem'),
})

/**
 * Reads the settings as sandbox mode will have them, with what only its start will tell.
 * @throws SettingsError
 */
export const loadFilledIn = (env: Environment): Settings =>
  loadSettings({
    ...env,
    ...fillIn(env),
    LIVE_BASE_URL: 'http://127.0.0.1',
    API_KEYS_FILE: env['API_KEYS_FILE'] || join(env['DATA_DIR'] || 'data', 'made later'),
  })

/**
 * Starts the stand-in of the vendor and fills in the settings that point at it. What the user has set is left alone.
 * @throws SettingsError before anything is started.
 */
export const enterSandboxMode = async (env: Record<string, string | undefined>): Promise<SandboxMode> => {
  const dataDir = env['DATA_DIR'] || 'data'
  const host = env['HOST'] || '127.0.0.1'
  const settings = fillIn(env)
  loadFilledIn({ ...env, ...settings })
  // The stand-in must be told where to call back before the service listens.
  const port = Number(env['PORT'] || 3000) || (await freePort(host))
  Object.assign(env, settings, { PORT: String(port) })
  const secret = env['LIVE_CALLBACK_PATH_SECRET']
  const callbackHost = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  const child = fork(sandboxEntry, {
    // Standard output is the service's: its lines are JSON.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...env,
      SANDBOX_PORT: env['SANDBOX_PORT'] || String(env['PORT'] === '3000' ? 3001 : 0),
      SANDBOX_SDK_APP_ID: settings.LIVE_SDK_APP_ID,
      SANDBOX_ADMIN_ACCOUNTS: settings.LIVE_ADMIN_ACCOUNT,
      SANDBOX_SECRET_KEY: settings.LIVE_SECRET_KEY,
      SANDBOX_CALLBACK_TOKEN: settings.LIVE_CALLBACK_TOKEN.split(',')[0]?.trim(),
      SANDBOX_CALLBACK_URL: `http://${callbackHost}:${port}/callbacks/live${secret ? `/${encodeURIComponent(secret)}` : ''}`,
      SANDBOX_STATE_FILE: env['SANDBOX_STATE_FILE'] || join(dataDir, 'sandbox.json'),
    },
  })
  const [ready] = (await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])])) as [
    { url: string } | undefined,
  ]
  if (!ready) throw new Error('The sandbox did not start; is SANDBOX_PORT in use?')
  // The stand-in ends when this process does; it must not keep it alive.
  child.unref()
  child.channel?.unref()
  env['LIVE_BASE_URL'] = ready.url
  if (env['API_KEYS_FILE']) return { url: ready.url, apiKey: undefined }
  const key = await makeTryingKey(dataDir)
  env['API_KEYS_FILE'] = key.file
  return { url: ready.url, apiKey: key.secret }
}

const freePort = async (host: string): Promise<number> => {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
