import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Authenticated } from '#platform'
import { describeAccess } from '../src/audit/describe-access.js'

const request = (query: Readonly<Record<string, string>>, more: object = {}) =>
  ({
    method: 'GET',
    url: '/v1/rooms/a%2Fb/reconcile?x=1',
    routeOptions: { url: '/v1/rooms/:roomId/reconcile' },
    query,
    headers: { authorization: 'Bearer s3cr3t-of-the-key' },
    ...more,
  }) as unknown as Authenticated

describe('what is recorded of an access', () => {
  it('given a call, then its method, its address as documented and as sent, and its filter', () => {
    expect(describeAccess(request({ x: '1' }))).toEqual({
      method: 'GET',
      route: '/v1/rooms/{roomId}/reconcile',
      path: '/v1/rooms/a%2Fb/reconcile',
      query: { x: '1' },
    })
  })

  it.each(['/v1/%61udit/access-log', '/%76%31/audit/access-log'])('given an address spelled as %s, then the whole of it is kept', (url) => {
    expect(describeAccess(request({}, { url })).path).toBe(url)
  })

  it.each(['access_token', 'token', 'api_key', 'apiKey', 'Authorization', 'client_secret', 'password', 'Sign', 'UserSig'])(
    'given something in %s, where a secret may stand, then its value is not kept',
    (name) => {
      expect(describeAccess(request({ [name]: 'hidden' })).query).toEqual({ [name]: '[redacted]' })
    },
  )

  it('given the credential of the call in another place, then it is not kept either', () => {
    const { query } = describeAccess(request({ roomId: 'my s3cr3t-of-the-key', eventId: 'e' }))
    expect(query).toEqual({ roomId: '[redacted]', eventId: 'e' })
  })

  it('given a longest cursor of the audit and names with dashes, then nothing is cut', () => {
    expect(describeAccess(request({ cursor: 'c'.repeat(500) }))).not.toHaveProperty('cut')
  })

  it('given whatever, then it is of bounded size and stored as it is read back, and says when something is missing', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 1500 })
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary', maxLength: 300 }), texts, { maxKeys: 80 }), texts, (query, path) => {
        const described = describeAccess(request(query, { url: `/${path.replaceAll(/[?#]/g, '')}`, headers: {} }))
        expect(JSON.parse(JSON.stringify(described))).toEqual(described)
        expect(Object.keys(described.query).length).toBeLessThanOrEqual(30)
        for (const [name, value] of Object.entries(described.query)) expect(name.length + value.length).toBeLessThanOrEqual(600)
        expect(described.path.length).toBeLessThanOrEqual(1000)
        const whole = Object.entries(query).every(
          ([name, value]) => Object.hasOwn(described.query, name) && [value, '[redacted]'].includes(described.query[name]!),
        )
        expect(whole || described['cut']).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})
