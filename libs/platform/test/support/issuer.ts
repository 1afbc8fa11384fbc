import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair, importPKCS8, SignJWT, type JWK, type JWTPayload } from 'jose'

type Algorithm = 'RS256' | 'ES256' | 'EdDSA'

/** An OpenID Connect issuer as far as the ledger sees one: a discovery document and keys. */
export const startIssuer = async () => {
  const pairs = new Map(
    await Promise.all(
      (['RS256', 'ES256', 'EdDSA'] as const).map(async (alg) => [alg, await generateKeyPair(alg, { extractable: true })] as const),
    ),
  )
  const publish = async (kid: string, alg: Algorithm) => ({ ...(await exportJWK(pairs.get(alg)!.publicKey)), kid, alg, use: 'sig' })
  let keys: JWK[] = await Promise.all([...pairs.keys()].map((alg) => publish(alg, alg)))
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
    publicKeyPem: await exportSPKI(pairs.get('RS256')!.publicKey),
    /** A token signed in a way that is sound and not asked for, by a key that says nothing of ways. */
    tokenOfOtherAlgorithm: async (): Promise<string> => {
      keys = [...keys, { ...(await exportJWK(pairs.get('RS256')!.publicKey)), kid: 'any', use: 'sig' }]
      const key = await importPKCS8(await exportPKCS8(pairs.get('RS256')!.privateKey), 'RS512')
      const now = Math.floor(Date.now() / 1000)
      const payload = { iss: url, aud: 'room-ledger', sub: 'ann', exp: now + 60, scope: 'rooms:read' }
      return new SignJWT(payload).setProtectedHeader({ alg: 'RS512', kid: 'any' }).sign(key)
    },
    /** From now on there is one key only, an ES256 one that nobody has seen. @returns its id. */
    rotate: async (): Promise<string> => {
      pairs.set('ES256', await generateKeyPair('ES256', { extractable: true }))
      keys = [await publish('rotated', 'ES256')]
      return 'rotated'
    },
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
