import type { Settings } from './settings.js'

/** What the start-up log says of the settings: everything an operator asks for, and of secrets only that they are there. */
export const redactedSummary = (settings: Settings): Readonly<Record<string, unknown>> => {
  const { live, audit, oidc, apiKeysFile, eventStore, trustedProxies, ...plain } = settings
  const { secretKey: _, callbackTokens, callbackPathSecret, callbackAllowedIps, ...vendor } = live
  return {
    ...plain,
    eventStore: eventStore.kind === 'sqlite' ? `sqlite:${eventStore.path}` : hostsOf(eventStore.connectionString),
    vendor,
    callbacks: {
      signed: callbackTokens.length > 0,
      tokens: callbackTokens.length,
      pathSecret: callbackPathSecret !== undefined,
      allowedIps: callbackAllowedIps?.rules ?? 'any',
    },
    trustedProxies: trustedProxies?.rules ?? 'none',
    apiKeysFile: apiKeysFile ?? 'none',
    oidc: oidc ?? 'off',
    audit: { ...audit, checkpointSink: audit.checkpointSink?.replace(/^(https:\/\/)(?:[^/?#]*@)?([^/?#]*).*$/i, '$1$2/…') ?? 'none' },
  }
}

/** A connection string without what may be secret: its options can hold anything. */
const hostsOf = (connectionString: string): string => connectionString.replace(/^([^:]+:\/\/)(?:.*@)?([^/?]*).*$/s, '$1$2')
