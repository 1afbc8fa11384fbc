import { scopes, type Scope } from '../auth/decorators.js'
import type { Reader } from './reader.js'
import type { AuditSettings, EventStoreSettings, LiveSettings, Settings } from './settings.js'

/** Highest id that fits the vendor's 32 bits. */
const highestAppId = 4_294_967_295
const longestSecret = 128

/** The vendor's application and its callbacks: `LIVE_*`. */
export const readLive = ({ text, integer, choice, list, url, ranges, complain }: Reader): LiveSettings => {
  if (text('LIVE_BASE_URL') === undefined)
    complain('LIVE_BASE_URL', 'is required to run the service by itself; `npm start` without it runs a sandbox too')
  for (const variable of ['LIVE_SDK_APP_ID', 'LIVE_ADMIN_ACCOUNT', 'LIVE_SECRET_KEY'])
    if (text(variable) === undefined) complain(variable, 'is required with LIVE_BASE_URL')

  const callbackTokens = list('LIVE_CALLBACK_TOKEN')
  const unsigned = choice('LIVE_CALLBACK_UNSIGNED', '', ['', 'allow'])
  if (callbackTokens.length === 0 && unsigned !== 'allow')
    complain(
      'LIVE_CALLBACK_TOKEN',
      'is required: switch callback authentication on at the vendor, or set LIVE_CALLBACK_UNSIGNED=allow to take unsigned callbacks',
    )
  const callbackPathSecret = text('LIVE_CALLBACK_PATH_SECRET')
  if (callbackPathSecret !== undefined && (callbackPathSecret.length > longestSecret || !/^[\w.~=+-]+$/.test(callbackPathSecret)))
    complain('LIVE_CALLBACK_PATH_SECRET', `must be 1 to ${longestSecret} letters, digits or any of . _ ~ = + - (it is part of an address)`)

  return {
    baseUrl: url('LIVE_BASE_URL')?.href.replace(/\/+$/, '') ?? '',
    sdkAppId: integer('LIVE_SDK_APP_ID', 0, 1, highestAppId),
    adminAccount: text('LIVE_ADMIN_ACCOUNT') ?? '',
    secretKey: text('LIVE_SECRET_KEY') ?? '',
    timeoutMs: integer('LIVE_TIMEOUT_MS', 5000, 100, 60_000),
    rateLimit: integer('LIVE_RATE_LIMIT', 200, 1, 10_000),
    callbackTokens,
    callbackPathSecret,
    callbackKeep: list('LIVE_CALLBACK_KEEP'),
    callbackAllowedIps: ranges('LIVE_CALLBACK_ALLOWED_IPS'),
  }
}

type Access = Pick<Settings, 'apiKeysFile' | 'oidc' | 'metricsScope' | 'docsScope' | 'trustedProxies' | 'keysInQuery'>

/** Who may use the service: `API_KEYS_FILE`, `OIDC_*`, `METRICS_SCOPE`, `DOCS_SCOPE`, `EVENTS_KEY_IN_QUERY`, and by whom clients come: `TRUSTED_PROXIES`. */
export const readAccess = ({ text, url, choice, ranges, complain }: Reader): Access => {
  const apiKeysFile = text('API_KEYS_FILE')
  // The issuer is compared with the tokens' own claim, character by character: kept as it was written.
  const issuer = text('OIDC_ISSUER')
  const audience = text('OIDC_AUDIENCE')
  const address = url('OIDC_ISSUER')
  if (address && address.protocol !== 'https:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(address.hostname))
    complain('OIDC_ISSUER', 'must begin with https:// (http:// is for an issuer on this very machine): its keys are trusted as they come')
  if ((issuer === undefined) !== (audience === undefined))
    complain(issuer === undefined ? 'OIDC_ISSUER' : 'OIDC_AUDIENCE', 'is required with its companion')
  if (apiKeysFile === undefined && issuer === undefined)
    complain('API_KEYS_FILE', 'is required: nobody could use the service without it (or OIDC_ISSUER)')
  return {
    apiKeysFile,
    oidc: issuer !== undefined && audience !== undefined ? { issuer, audience } : undefined,
    metricsScope: choice<Scope | ''>('METRICS_SCOPE', '', ['', ...scopes]) || undefined,
    docsScope: choice<Scope | ''>('DOCS_SCOPE', '', ['', ...scopes]) || undefined,
    trustedProxies: ranges('TRUSTED_PROXIES'),
    keysInQuery: choice('EVENTS_KEY_IN_QUERY', '', ['', 'allow']) === 'allow',
  }
}

/** Signed checkpoints: `AUDIT_*`. */
export const readAudit = ({ text, integer, complain }: Reader, defaultKeyFile: string): AuditSettings => {
  const checkpointSink = text('AUDIT_CHECKPOINT_SINK')
  if (checkpointSink !== undefined && /^[a-z][a-z\d+.-]*:\/\//i.test(checkpointSink) && URL.parse(checkpointSink)?.protocol !== 'https:')
    complain('AUDIT_CHECKPOINT_SINK', 'must be a directory or an address that begins with https://')
  return {
    signingKeyFile: text('AUDIT_SIGNING_KEY_FILE') ?? defaultKeyFile,
    checkpointSink,
    checkpointIntervalMs: integer('AUDIT_CHECKPOINT_INTERVAL_MS', 60_000, 100, 86_400_000),
  }
}

/** The ledger's own name, and the browsers' origins. */
export const readOrigins = ({ text, list, complain }: Reader, sdkAppId: number): Pick<Settings, 'ledgerOrigin' | 'corsOrigins'> => {
  const ledgerOrigin = (text('LEDGER_ORIGIN') ?? 'room-ledger.local/{sdkAppId}').replaceAll('{sdkAppId}', String(sdkAppId))
  // It names a key in signed notes, where neither white space nor a plus may stand.
  if (/[\s+\p{Cc}]|:\/\//u.test(ledgerOrigin))
    complain('LEDGER_ORIGIN', 'must be like an address without https://, with neither white space nor +, e.g. ledger.example.org/rooms')
  const corsOrigins = list('CORS_ORIGINS')
  if (!corsOrigins.every((origin) => /^https?:/.test(origin) && URL.parse(origin)?.origin === origin))
    complain('CORS_ORIGINS', 'must be a comma-separated list of origins such as https://dashboard.example.org, without a path')
  return { ledgerOrigin, corsOrigins }
}

/** `EVENT_STORE_URL`. A connection string may hold a password: it is never repeated. */
export const readEventStore = ({ text, complain }: Reader): EventStoreSettings => {
  const value = text('EVENT_STORE_URL') ?? 'sqlite:data/room-ledger.db'
  const path = /^sqlite:(?!:memory:)(.+)$/.exec(value)?.[1]
  if (path !== undefined) return { kind: 'sqlite', path }
  if (!/^esdb(\+discover)?:\/\/./.test(value))
    complain('EVENT_STORE_URL', 'must be sqlite:PATH, or an EventStoreDB connection string such as esdb://user:password@host:2113?tls=true')
  else if (text('AUDIT_SIGNING_KEY_FILE') === undefined)
    complain('AUDIT_SIGNING_KEY_FILE', 'is required with EventStoreDB: all instances of the service sign with the same key')
  return { kind: 'eventstoredb', connectionString: value }
}
