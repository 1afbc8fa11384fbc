import { deflateSync, inflateSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readUserSig, signUserSig, verifyUserSig } from '#live-engine/wire'

const secretKey = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
const parts = { sdkAppId: 1400000000, identifier: 'administrator', time: 1700000000, expire: 86400 }
const atStart = parts.time * 1000

const inflate = (userSig: string): string =>
  inflateSync(Buffer.from(userSig.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '='), 'base64')).toString()
const pack = (content: unknown): string =>
  deflateSync(JSON.stringify(content)).toString('base64').replaceAll('+', '*').replaceAll('/', '-').replaceAll('=', '_')

describe('UserSig', () => {
  it('is the one of the vector', () => {
    expect(inflate(signUserSig({ ...parts, secretKey }))).toBe(
      '{"TLS.ver":"2.0","TLS.identifier":"administrator","TLS.sdkappid":1400000000,"TLS.time":1700000000,"TLS.expire":86400,"TLS.sig":"sEqjWEkzp0t7WTGIE8g72iscx5VuMd/rATLUWA6RWjo="}',
    )
  })

  it('needs no escaping in a query, and reads back as what was signed', () => {
    const account = fc.stringMatching(/^[A-Za-z0-9_-]{1,32}$/)
    const integer = fc.integer({ min: 0, max: 4_000_000_000 })
    fc.assert(
      fc.property(account, integer, integer, integer, (identifier, sdkAppId, time, expire) => {
        const userSig = signUserSig({ identifier, sdkAppId, time, expire, secretKey })
        expect(encodeURIComponent(userSig)).toBe(userSig)
        expect(readUserSig(userSig)).toMatchObject({ identifier, sdkAppId, time, expire })
        expect(verifyUserSig(userSig, { secretKey, sdkAppId, identifier, now: (time + expire) * 1000 - 1 })).toBe('ok')
        expect(verifyUserSig(userSig, { secretKey, sdkAppId, identifier, now: (time + expire) * 1000 })).toBe('expired')
      }),
      { numRuns: 1000 },
    )
  })

  it('is refused for each thing that can be wrong with it', () => {
    const userSig = signUserSig({ ...parts, secretKey })
    const expected = { secretKey, sdkAppId: parts.sdkAppId, identifier: parts.identifier, now: atStart }
    expect(verifyUserSig(userSig, expected)).toBe('ok')
    expect(verifyUserSig(userSig, { ...expected, secretKey: 'another' })).toBe('bad-signature')
    expect(verifyUserSig(userSig, { ...expected, sdkAppId: 1 })).toBe('sdkappid-mismatch')
    expect(verifyUserSig(userSig, { ...expected, identifier: 'someone' })).toBe('identifier-mismatch')
    const signed = JSON.parse(inflate(userSig)) as object
    expect(verifyUserSig(pack({ ...signed, 'TLS.expire': 86401 }), expected)).toBe('bad-signature')
    expect(verifyUserSig(pack({ ...signed, 'TLS.sig': 'short' }), expected)).toBe('bad-signature')
    expect(verifyUserSig(pack({ ...signed, 'TLS.userbuf': 'AAAA' }), expected)).toBe('bad-signature')
  })

  it.each([
    ['nothing', ''],
    ['a text with other characters', 'abc def'],
    ['a text that is not compressed', 'abcdefgh'],
    ['something else compressed', pack('a text')],
    ['null', pack(null)],
    ['another version', pack({ 'TLS.ver': '1.0' })],
    [
      'a number as text',
      pack({ 'TLS.ver': '2.0', 'TLS.identifier': 'a', 'TLS.sig': '', 'TLS.sdkappid': '1', 'TLS.time': 1, 'TLS.expire': 1 }),
    ],
    [
      'a userbuf that is no text',
      pack({ 'TLS.ver': '2.0', 'TLS.identifier': 'a', 'TLS.sig': '', 'TLS.sdkappid': 1, 'TLS.time': 1, 'TLS.expire': 1, 'TLS.userbuf': 1 }),
    ],
    [
      'something that inflates beyond measure',
      pack({ 'TLS.ver': '2.0', 'TLS.identifier': 'x'.repeat(1_000_000), 'TLS.sig': '', 'TLS.sdkappid': 1, 'TLS.time': 1, 'TLS.expire': 1 }),
    ],
  ])('is malformed when it is %s', (_what, userSig) => {
    expect(verifyUserSig(userSig, { secretKey, sdkAppId: 1, identifier: 'a', now: 0 })).toBe('malformed')
  })

  it('is not signed for a number that is none', () => {
    expect(() => signUserSig({ ...parts, expire: Number.NaN, secretKey })).toThrow(/expire/)
  })
})
