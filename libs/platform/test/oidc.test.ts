import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { eventually } from '../../../test/support/eventually.js'
import { createOidc } from '../src/index.js'
import { startIssuer } from './support/issuer.js'

describe('tokens of an OIDC issuer', () => {
  let issuer: Awaited<ReturnType<typeof startIssuer>>
  beforeEach(async () => void (issuer = await startIssuer()))
  afterEach(() => issuer.close())
  const oidc = () => createOidc(issuer.url, 'room-ledger')
  const soon = () => Math.floor(Date.now() / 1000) + 60

  it.each(['RS256', 'ES256', 'EdDSA'] as const)(
    'given a token signed by %s, then it is a credential with the known scopes',
    async (alg) => {
      const token = await issuer.token({ scope: 'openid rooms:read audit:read rooms:*' }, alg)
      expect(await oidc().verify(token)).toEqual({ kind: 'oidc', id: 'ann', scopes: ['rooms:read', 'audit:read'], mayActFor: false })
    },
  )

  it('given a token without scope, or with scopes of another shape, then it is a credential that may do nothing', async () => {
    expect(await oidc().verify(await issuer.token({ scope: undefined }))).toMatchObject({ scopes: [] })
    expect(await oidc().verify(await issuer.token({ scope: ['admin'] }))).toMatchObject({ scopes: [] })
  })

  it('given an audience among others, then the token is taken', async () => {
    expect(await oidc().verify(await issuer.token({ aud: ['other', 'room-ledger'] }))).toMatchObject({ id: 'ann' })
  })

  it.each<[string, () => Promise<string> | string]>([
    ['of another audience', () => issuer.token({ aud: 'other' })],
    ['of another issuer', () => issuer.token({ iss: 'https://id.example.org' })],
    ['that is over', () => issuer.token({ exp: soon() - 120 })],
    ['not valid yet', () => issuer.token({ nbf: soon() })],
    ['that never ends', () => issuer.token({ exp: undefined })],
    ['of nobody', () => issuer.token({ sub: undefined })],
    ['of an empty name', () => issuer.token({ sub: '' })],
    ['of a name with a line break', () => issuer.token({ sub: 'a\nb' })],
    ['of a name of 256 bytes', () => issuer.token({ sub: 'x'.repeat(256) })],
    ['of an algorithm that is not on the list', () => issuer.tokenOfOtherAlgorithm()],
    ['of a key nobody knows', () => issuer.token({}, 'ES256', 'other')],
    ['that is no token', () => 'a.b.c'],
    ['that is a text', () => 'secret'],
    ['without signature', () => new UnsecuredJWT({ iss: issuer.url, aud: 'room-ledger', sub: 'ann', exp: soon() }).encode()],
    [
      'with a public key taken for a shared secret',
      () =>
        new SignJWT({ iss: issuer.url, aud: 'room-ledger', sub: 'ann', exp: soon(), scope: 'admin' })
          .setProtectedHeader({ alg: 'HS256', kid: 'RS256' })
          .sign(new TextEncoder().encode(JSON.stringify(issuer.publicKey))),
    ],
    [
      'with the text of a public key taken for a shared secret',
      () =>
        new SignJWT({ iss: issuer.url, aud: 'room-ledger', sub: 'ann', exp: soon(), scope: 'admin' })
          .setProtectedHeader({ alg: 'HS256', kid: 'RS256' })
          .sign(new TextEncoder().encode(issuer.publicKeyPem)),
    ],
    [
      'that brings its own key along',
      async () => {
        const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
        return new SignJWT({ iss: issuer.url, aud: 'room-ledger', sub: 'ann', exp: soon(), scope: 'admin' })
          .setProtectedHeader({ alg: 'ES256', kid: 'ES256', jwk: await exportJWK(publicKey) })
          .sign(privateKey)
      },
    ],
    [
      'that was altered',
      async () => {
        const [header, , signature] = (await issuer.token()).split('.')
        const claims = { iss: issuer.url, aud: 'room-ledger', sub: 'eve', exp: soon(), scope: 'admin' }
        return `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`
      },
    ],
  ])('given a token %s, then it is no credential', async (_, make) => {
    expect(await oidc().verify(await make())).toBeUndefined()
  })

  it('given a token that does not even claim to be of the issuer, then the issuer is not bothered', async () => {
    await oidc().verify(await issuer.token({ iss: 'https://id.example.org' }))
    await oidc().verify('a.b.c')
    expect(issuer.state.asked).toBe(0)
  })

  it('given an issuer that is away, then the token is neither good nor bad; once it is back, the token is taken', async () => {
    const verifier = oidc()
    issuer.state.away = true
    await expect(verifier.verify(await issuer.token())).rejects.toMatchObject({
      name: 'Problem',
      status: 503,
      parts: { type: 'issuer-unavailable' },
    })
    issuer.state.away = false
    const verdict = () => issuer.token().then((token) => verifier.verify(token).catch(() => undefined))
    expect(await eventually(verdict)).toMatchObject({ id: 'ann' })
  })

  it('given an issuer that is away, when many tokens come one after another, then it is asked once', async () => {
    const verifier = oidc()
    issuer.state.away = true
    const token = await issuer.token()
    for (let i = 0; i < 50; i += 1) await verifier.verify(token).catch(() => undefined)
    expect(issuer.state.asked).toBe(1)
  })

  it('given a discovery document that speaks for another issuer, then its keys are not trusted', async () => {
    issuer.state.speaksFor = 'https://id.example.org'
    await expect(oidc().verify(await issuer.token())).rejects.toMatchObject({ status: 503 })
  })

  it('given many tokens, then keys are asked for once', async () => {
    const verifier = oidc()
    const tokens = await Promise.all([1, 2, 3, 4, 5].map(() => issuer.token()))
    await Promise.all(tokens.map((token) => verifier.verify(token)))
    expect(issuer.state.asked).toBe(2)
  })

  describe('when time passes', () => {
    // Nothing but the date: keys come over a real connection.
    beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
    afterEach(() => void vi.useRealTimers())
    const pass = (ms: number) => vi.setSystemTime(Date.now() + ms)

    it('given a new key at the issuer, then its tokens are taken half a minute later, and those of the old key no more', async () => {
      const verifier = oidc()
      const old = await issuer.token({ exp: soon() + 600 })
      expect(await verifier.verify(old)).toMatchObject({ id: 'ann' })
      const kid = await issuer.rotate()
      pass(31_000)
      expect(await verifier.verify(await issuer.token({}, 'ES256', kid))).toMatchObject({ id: 'ann' })
      expect(await verifier.verify(old)).toBeUndefined()
    })

    it('given a flood of tokens that name keys nobody knows, then the issuer is asked once in half a minute', async () => {
      const verifier = oidc()
      const flood = async () => {
        for (let i = 0; i < 50; i += 1) expect(await verifier.verify(await issuer.token({}, 'ES256', `unknown-${i}`))).toBeUndefined()
      }
      await flood()
      expect(issuer.state.asked).toBe(2)
      pass(31_000)
      await flood()
      expect(issuer.state.asked).toBe(3)
    })

    it('given keys in hand, when the issuer is away and unknown ones are named, then tokens of known keys are taken all the same', async () => {
      const verifier = oidc()
      await verifier.verify(await issuer.token())
      pass(31_000)
      issuer.state.away = true
      await expect(verifier.verify(await issuer.token({}, 'ES256', 'unknown'))).rejects.toMatchObject({ status: 503 })
      await expect(verifier.verify(await issuer.token({}, 'ES256', 'unknown'))).rejects.toMatchObject({ status: 503 })
      expect(issuer.state.asked).toBe(3)
      expect(await verifier.verify(await issuer.token())).toMatchObject({ id: 'ann' })
    })
  })
})
