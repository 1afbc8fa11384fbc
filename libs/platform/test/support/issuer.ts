import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose'

type Algorithm = 'RS256' | 'ES256' | 'EdDSA'

/** An OpenID Connect issuer as far as the ledger sees one: a discovery document and keys. */
export const startIssuer = async () => {
  const pairs = new Map(
    await Promise.all(
      (['RS256', 'ES256', 'EdDSA'] as const).map(async (alg) => [alg, await generateKeyPair(alg, { extractable: true })] as const),
    ),
  )
  const keys = await Promise.all(
    [...pairs].map(async ([alg, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid: alg, alg, use: 'sig' })),
  )
  const state = { away: false, speaksFor: undefined as string | undefined, asked: 0 }
  const server = createServer((request, response) => {
    state.asked += 1
    if (state.away) return void response.writeHead(503).end()
    const body = request.url?.startsWith('/.well-known/') ? { issuer: state.speaksFor ?? url, jwks_uri: `${url}/keys` } : { keys }
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    state,
    publicKey: keys[0]!,
    /** A token as the issuer would give it out; claims given as undefined are left out. */
    token: (claims: JWTPayload = {}, alg: Algorithm = 'ES256', kid: string = alg): Promise<string> => {
      const now = Math.floor(Date.now() / 1000)
      const payload = { iss: url, aud: 'room-ledger', sub: 'ann', iat: now, exp: now + 60, scope: 'rooms:read', ...claims }
      return new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(pairs.get(alg)!.privateKey)
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
