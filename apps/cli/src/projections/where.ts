import { withEnvFile, type Environment } from '#platform'
import { CommandRefused } from './refused.js'

/** Where the ledger is, of all the settings: who looks at projections needs no vendor and no keys. */
export type Ledger =
  | { readonly kind: 'sqlite'; readonly path: string; readonly dataDir: string }
  | { readonly kind: 'eventstoredb'; readonly connectionString: string }

/**
 * Reads `EVENT_STORE_URL` and `DATA_DIR`, with the defaults of the service. A text that is none is not repeated: it may
 * hold a password.
 *
 * @param envFile fills in what the environment leaves open; it need not exist
 * @throws CommandRefused
 * @throws SettingsError when the file cannot be read
 */
export const whereIsLedger = (environment: Environment, envFile: string | undefined): Ledger => {
  const env = withEnvFile(environment, envFile)
  const read = (variable: string) => env[variable]?.trim() || undefined
  const url = read('EVENT_STORE_URL') ?? 'sqlite:data/room-ledger.db'
  const path = /^sqlite:(?!:memory:)(.+)$/.exec(url)?.[1]
  if (path !== undefined) return { kind: 'sqlite', path, dataDir: read('DATA_DIR') ?? 'data' }
  if (/^esdb(\+discover)?:\/\/./.test(url)) return { kind: 'eventstoredb', connectionString: url }
  throw new CommandRefused(
    'EVENT_STORE_URL must be sqlite:PATH, or an EventStoreDB connection string such as esdb://user:password@host:2113?tls=true',
  )
}
