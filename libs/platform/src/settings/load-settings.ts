import { join } from 'node:path'
import { withEnvFile, type Environment } from './environment.js'
import { readAccess, readAudit, readEventStore, readLive, readOrigins } from './groups.js'
import { createReader } from './reader.js'
import { SettingsError, type Settings } from './settings.js'

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

export interface LoadOptions {
  /** A file that fills in what the environment leaves open, e.g. `.env`; it need not exist. */
  readonly envFile?: string
}

/**
 * Reads and checks every variable of docs/reference/settings.md, and freezes what comes out.
 *
 * A vendor must be named: whoever wants a stand-in starts it and names it in `env` beforehand (see `namesVendor`).
 * @throws SettingsError naming each variable that is missing or unusable.
 * @example loadSettings(process.env, { envFile: '.env' })
 */
export const loadSettings = (env: Environment, { envFile }: LoadOptions = {}): Settings => {
  const reader = createReader(withEnvFile(env, envFile))
  const { problems, text, integer, decimal, choice } = reader
  const dataDir = text('DATA_DIR') ?? 'data'
  const live = readLive(reader)
  const settings: Settings = {
    host: text('HOST') ?? '127.0.0.1',
    port: integer('PORT', 3000, 0, 65535),
    eventStore: readEventStore(reader),
    dataDir,
    live,
    confirmationTimeoutMs: integer('CONFIRMATION_TIMEOUT_MS', 30_000, 100, 86_400_000),
    ...readAccess(reader),
    requireReason: choice('REQUIRE_REASON', 'false', ['true', 'false']) === 'true',
    audit: readAudit(reader, join(dataDir, 'audit-key.pem')),
    logLevel: choice('LOG_LEVEL', 'info', levels),
    ...readOrigins(reader, live.sdkAppId),
    reconcileRate: decimal('RECONCILE_RATE', 1, 0, 200),
  }
  if (problems.length > 0) throw new SettingsError(problems)
  return freeze(settings)
}

/** Plain objects and lists, all the way down; an instance of a class is left as it is. */
const freeze = <Value>(value: Value): Value => {
  if (Array.isArray(value) || (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)) {
    Object.values(value).forEach((part) => freeze(part))
    Object.freeze(value)
  }
  return value
}
