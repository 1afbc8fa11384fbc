const timeoutMs = 5000

/**
 * Asks an issuer where its keys are (OpenID Connect Discovery 1.0).
 * @throws Error when it cannot be asked, speaks for another issuer, or sends its keys over a less safe way than its own.
 */
export const discoverKeys = async (issuer: string): Promise<URL> => {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(timeoutMs) })
  if (!response.ok) throw new Error(`the issuer answered ${response.status}`)
  const found: unknown = await response.json()
  const { issuer: named, jwks_uri: address } = (found ?? {}) as { issuer?: unknown; jwks_uri?: unknown }
  if (named !== issuer) throw new Error('the discovery document speaks for another issuer')
  const url = typeof address === 'string' ? URL.parse(address) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== new URL(issuer).protocol)) throw new Error('jwks_uri cannot be used')
  return url
}
