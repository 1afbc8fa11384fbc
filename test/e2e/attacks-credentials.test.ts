import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startIssuer } from '../../libs/platform/test/support/issuer.js'
import { allScopes, writeKeysFile } from '../support/keys-file.js'
import { createWorld, type World } from '../support/world.js'

describe('whoever comes with a forged token', () => {
  let world: World
  let issuer: Awaited<ReturnType<typeof startIssuer>>
  beforeAll(async () => {
    issuer = await startIssuer()
    world = await createWorld({ OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'room-ledger' })
  })
  afterAll(async () => {
    await world.close()
    await issuer.close()
  })
  const show = (token: string, path = '/v1/rooms') => world.anonymous.get(path).set('Authorization', `Bearer ${token}`)
  const now = () => Math.floor(Date.now() / 1000)
  const claims = () => ({ iss: issuer.url, aud: 'room-ledger', sub: 'eve', iat: now(), exp: now() + 60, scope: allScopes.join(' ') })
  const signedWith = (key: string, kid = 'RS256') =>
    new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid }).sign(new TextEncoder().encode(key))
  /** A token with another header, its signature left as it is. */
  const withHeader = async (header: object) => {
    const [, body, signature] = (await issuer.token({ scope: allScopes.join(' ') })).split('.')
    return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${body}.${signature}`
  }

  it('given a token of the issuer, then its scopes count, and no others', async () => {
    await show(await issuer.token()).expect(200)
    await show(await issuer.token(), '/v1/quarantine').expect(403)
  })

  it.each<[string, () => string | Promise<string>]>([
    ['HS256 with the PEM of a public key for its secret', () => signedWith(issuer.publicKeyPem)],
    ['HS256 with the JWK of a public key for its secret', () => signedWith(JSON.stringify(issuer.publicKey))],
    ['HS256 with nothing but the modulus for its secret', () => signedWith(String(issuer.publicKey.n))],
    ['the algorithm none', () => new UnsecuredJWT(claims()).encode()],
    ['the algorithm None, and a signature', () => withHeader({ alg: 'None', kid: 'ES256' })],
    ['the algorithm none, and a signature', () => withHeader({ alg: 'none' })],
    ['no signature', async () => (await issuer.token({ scope: 'admin' })).replace(/[^.]*$/, '')],
    ['a header that names another algorithm', () => withHeader({ alg: 'RS256', kid: 'RS256' })],
    ['a header that demands what nobody knows', () => withHeader({ alg: 'ES256', kid: 'ES256', crit: ['eve'], eve: true })],
    [
      'a key of its own',
      async () => {
        const { privateKey } = await generateKeyPair('ES256')
        return new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: 'ES256' }).sign(privateKey)
      },
    ],
    ['an end that is past', () => issuer.token({ exp: now() - 1 })],
    ['a beginning to come', () => issuer.token({ nbf: now() + 60 })],
    ['no end', () => issuer.token({ exp: undefined })],
    ['another audience', () => issuer.token({ aud: 'somebody-else' })],
    ['no audience', () => issuer.token({ aud: undefined })],
    ['another issuer', () => issuer.token({ iss: 'https://id.example.org' })],
    ['the issuer with a slash more', () => issuer.token({ iss: `${issuer.url}/` })],
    ['no issuer', () => issuer.token({ iss: undefined })],
  ])('given one with %s, then 401, and nothing is told of why', async (_, make) => {
    const { status, body, headers } = await show(await make())
    expect([status, body.detail, headers['www-authenticate']]).toEqual([401, 'The credential is not valid.', 'Bearer'])
  })
})

describe('whoever tries credentials', () => {
  let world: World
  beforeAll(async () => void (world = await createWorld()))
  afterAll(() => world.close())
  const guess = (n: number, path = '/v1/rooms') => world.anonymous.get(path).set('Authorization', `Bearer guess-${n}`)
  const guesses = async (times: number, path?: string) => {
    const statuses = []
    for (let n = 0; n < times; n += 1) statuses.push((await guess(n, path)).status)
    return statuses
  }

  it('given thirty that are wrong, then the next ones are 429 and say when to come again; one that is right passes all the same', async () => {
    expect([...new Set(await guesses(100))]).toEqual([401])
    const { status, body, headers } = await guess(101)
    expect([status, body.type, headers['content-type']]).toEqual([
      429,
      '/problems/too-many-requests',
      expect.stringContaining('application/problem+json'),
    ])
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60)
    await world.api('get', '/v1/rooms').expect(200)
    // And does not wipe the slate.
    await guess(102).expect(429)
  })

  it('given too many of them, then who shows none is still asked for one, and what is open is open', async () => {
    await guesses(31)
    await world.anonymous.get('/v1/rooms').expect(401)
    await world.anonymous.get('/health/live').expect(200)
    await world.anonymous.get('/metrics').expect(200)
  })

  it('given scopes that lack, however often, then that is no failed attempt', async () => {
    await world.restart()
    for (let n = 0; n < 120; n += 1) await world.reader('get', '/v1/quarantine').expect(403)
    await guess(1).expect(401)
  })

  it('given a proxy that is trusted, then each client behind it is counted for itself', async () => {
    await world.restart({ TRUSTED_PROXIES: '127.0.0.0/8' })
    const from = (client: string) => guess(1).set('X-Forwarded-For', client)
    for (let n = 0; n < 100; n += 1) await from('192.0.2.1').expect(401)
    await from('192.0.2.1').expect(429)
    // What a client itself puts before it is not believed.
    await from('198.51.100.9, 192.0.2.1').expect(429)
    await from('192.0.2.2').expect(401)
    for (const odd of ['unknown', '', '::1, x y', 'a'.repeat(300)]) await from(odd).expect(401)
  })

  it('given no proxy that is trusted, then nobody becomes another by saying so', async () => {
    await world.restart()
    for (let n = 0; n < 100; n += 1) await guess(n).set('X-Forwarded-For', `192.0.2.${n}`).expect(401)
    await guess(101).set('X-Forwarded-For', '198.51.100.1').expect(429)
  })

  it('given METRICS_SCOPE and DOCS_SCOPE, then each needs its scope, however its address is spelled, and guesses count', async () => {
    const file = await writeKeysFile(world.folder, { admin: ['admin'], auditor: ['audit:read'] })
    await world.restart({ API_KEYS_FILE: file, METRICS_SCOPE: 'admin', DOCS_SCOPE: 'audit:read' })
    const get = (path: string, key?: string) =>
      key === undefined ? world.anonymous.get(path) : world.anonymous.get(path).set('Authorization', `Bearer ${key}`)
    const paths: readonly (readonly [string, string, string])[] = [
      ['/metrics', 'admin', 'auditor'],
      ['/docs', 'auditor', 'admin'],
      ['/docs/swagger-ui-init.js', 'auditor', 'admin'],
      ['/docs/swagger-ui.css', 'auditor', 'admin'],
      ['/openapi.json', 'auditor', 'admin'],
      ['/openapi.yaml', 'auditor', 'admin'],
      ['/%6detrics', 'admin', 'auditor'],
      ['/d%6Fcs', 'auditor', 'admin'],
      ['/openapi%2Ejson', 'auditor', 'admin'],
    ]
    for (const [path, may, mayNot] of paths) {
      expect([path, (await get(path)).status]).toEqual([path, 401])
      expect([path, (await get(path, mayNot)).status]).toEqual([path, 403])
      expect([path, (await get(path, may)).status]).toEqual([path, 200])
    }
    await guesses(100, '/metrics')
    await guess(101, '/docs').expect(429)
  })
})
