import type { BlockList } from 'node:net'
import type { Scope } from '../auth/decorators.js'

/** What the environment decided, checked once at start; nothing else reads the environment. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly eventStore: EventStoreSettings
  readonly dataDir: string
  readonly live: LiveSettings
  readonly confirmationTimeoutMs: number
  readonly apiKeysFile: string | undefined
  readonly oidc: { readonly issuer: string; readonly audience: string } | undefined
  /** Needed for /metrics, for /docs; undefined = open. */
  readonly metricsScope: Scope | undefined
  readonly docsScope: Scope | undefined
  /** Whose X-Forwarded-* headers are believed; undefined = nobody's. */
  readonly trustedProxies: BlockList | undefined
  readonly requireReason: boolean
  readonly audit: AuditSettings
  readonly corsOrigins: readonly string[]
  /** The live feed takes a credential in the query. */
  readonly keysInQuery: boolean
  readonly logLevel: string
  /** Schemaless URL: the ledger's name in its checkpoints. */
  readonly ledgerOrigin: string
  /** Look-ups a second for drift; 0 = off. */
  readonly reconcileRate: number
}

export type EventStoreSettings =
  | { readonly kind: 'sqlite'; readonly path: string }
  /** The connection string holds a password: it goes to the driver and nowhere else. */
  | { readonly kind: 'eventstoredb'; readonly connectionString: string }

export interface LiveSettings {
  readonly baseUrl: string
  readonly sdkAppId: number
  readonly adminAccount: string
  readonly secretKey: string
  readonly timeoutMs: number
  /** Calls a second and vendor API. */
  readonly rateLimit: number
  /** Empty = callbacks are taken unsigned, as somebody explicitly allowed. */
  readonly callbackTokens: readonly string[]
  readonly callbackPathSecret: string | undefined
  readonly callbackKeep: readonly string[]
  readonly callbackAllowedIps: BlockList | undefined
}

export interface AuditSettings {
  readonly signingKeyFile: string
  /** A directory or an HTTPS URL. */
  readonly checkpointSink: string | undefined
  readonly checkpointIntervalMs: number
}

export interface SettingProblem {
  readonly variable: string
  readonly message: string
}

/** Settings that cannot be used: all of them at once, by name, and never with the value of a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  constructor(readonly problems: readonly SettingProblem[]) {
    super(
      [
        'The settings cannot be used:',
        ...problems.map(({ variable, message }) => `  ${variable} ${message}`),
        'See docs/reference/settings.md.',
      ].join('\n'),
    )
  }
}
