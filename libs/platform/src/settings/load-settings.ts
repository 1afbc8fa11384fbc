import { createReader, type Environment } from './reader.js'
import { SettingsError, type Settings } from './settings.js'

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

/**
 * Reads and checks every variable of docs/reference/settings.md.
 * @throws SettingsError naming each variable that is missing or unusable.
 */
export const loadSettings = (env: Environment): Settings => {
  const { problems, complain, text, integer, choice, list, url, cidrs } = createReader(env)
  const baseUrl = url('LIVE_BASE_URL', ['http:', 'https:'])
  if (baseUrl === undefined)
    complain('LIVE_BASE_URL', 'is required to run the service by itself; `npm start` without it runs a sandbox too')
  for (const variable of ['LIVE_SDK_APP_ID', 'LIVE_ADMIN_ACCOUNT', 'LIVE_SECRET_KEY'])
    if (text(variable) === undefined) complain(variable, 'is required with LIVE_BASE_URL')

  const callbackTokens = list('LIVE_CALLBACK_TOKEN')
  if (callbackTokens.length === 0 && choice('LIVE_CALLBACK_UNSIGNED', '', ['', 'allow']) !== 'allow')
    complain(
      'LIVE_CALLBACK_TOKEN',
      'is required: switch callback authentication on at the vendor, or set LIVE_CALLBACK_UNSIGNED=allow to take unsigned callbacks',
    )

  const oidc = { issuer: url('OIDC_ISSUER', ['https:', 'http:']), audience: text('OIDC_AUDIENCE') }
  if ((oidc.issuer === undefined) !== (oidc.audience === undefined))
    complain(oidc.issuer === undefined ? 'OIDC_ISSUER' : 'OIDC_AUDIENCE', 'is required with its companion')
  const apiKeysFile = text('API_KEYS_FILE')
  if (apiKeysFile === undefined && oidc.issuer === undefined)
    complain('API_KEYS_FILE', 'is required: nobody could use the service without it (or OIDC_ISSUER)')

  const dataDir = text('DATA_DIR') ?? 'data'
  const sdkAppId = integer('LIVE_SDK_APP_ID', 0, 1, 4294967295)
  const settings: Settings = {
    host: text('HOST') ?? '127.0.0.1',
    port: integer('PORT', 3000, 0, 65535),
    eventStore: readStore(text('EVENT_STORE_URL') ?? 'sqlite:data/room-ledger.db', complain),
    dataDir,
    live: {
      baseUrl: baseUrl ?? '',
      sdkAppId,
      adminAccount: text('LIVE_ADMIN_ACCOUNT') ?? '',
      secretKey: text('LIVE_SECRET_KEY') ?? '',
      timeoutMs: integer('LIVE_TIMEOUT_MS', 5000, 100, 60_000),
      rateLimit: integer('LIVE_RATE_LIMIT', 200, 1, 10_000),
      callbackTokens,
      callbackPathSecret: text('LIVE_CALLBACK_PATH_SECRET'),
      callbackKeep: list('LIVE_CALLBACK_KEEP'),
      callbackAllowedIps: cidrs('LIVE_CALLBACK_ALLOWED_IPS'),
    },
    confirmationTimeoutMs: integer('CONFIRMATION_TIMEOUT_MS', 30_000, 100, 86_400_000),
    apiKeysFile,
    oidc: oidc.issuer !== undefined && oidc.audience !== undefined ? { issuer: oidc.issuer, audience: oidc.audience } : undefined,
    requireReason: choice('REQUIRE_REASON', 'false', ['true', 'false']) === 'true',
    corsOrigins: list('CORS_ORIGINS'),
    logLevel: choice('LOG_LEVEL', 'info', levels),
    ledgerOrigin: text('LEDGER_ORIGIN') ?? `room-ledger.local/${sdkAppId}`,
    reconcileRate: integer('RECONCILE_RATE', 1, 0, 200),
  }
  if (problems.length > 0) throw new SettingsError(problems)
  return settings
}

const readStore = (value: string, complain: (variable: string, message: string) => void): Settings['eventStore'] => {
  const path = /^sqlite:(.+)$/.exec(value)?.[1]
  if (path !== undefined) return { kind: 'sqlite', path }
  // A connection string may hold a password: it is not repeated.
  complain(
    'EVENT_STORE_URL',
    /^esdb(\+discover)?:\/\//.test(value) ? 'names an EventStoreDB, which this version cannot use yet' : 'must be sqlite:PATH',
  )
  return { kind: 'sqlite', path: '' }
}
