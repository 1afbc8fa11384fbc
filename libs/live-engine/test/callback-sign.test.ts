import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signCallback, verifyCallbackSign } from '#live-engine'

const token = 'xxxxyyyy'
const requestTime = '1669872112'
const sign = '17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061'
const now = Number(requestTime) * 1000

describe('the signature of a callback', () => {
  it('is the one of the official vector', () => {
    expect(signCallback(token, 1669872112)).toBe(sign)
    expect(verifyCallbackSign({ sign, requestTime }, [token], now)).toBe('ok')
  })

  it('is good for a minute either way, and not longer', () => {
    expect(verifyCallbackSign({ sign, requestTime }, [token], now + 60_000)).toBe('ok')
    expect(verifyCallbackSign({ sign, requestTime }, [token], now - 60_000)).toBe('ok')
    expect(verifyCallbackSign({ sign, requestTime }, [token], now + 60_001)).toBe('stale')
    expect(verifyCallbackSign({ sign, requestTime }, [token], now - 60_001)).toBe('stale')
    expect(verifyCallbackSign({ sign, requestTime }, [token], now + 5000, 4)).toBe('stale')
  })

  it('may be by any of the tokens, and by no other', () => {
    expect(verifyCallbackSign({ sign, requestTime }, ['old', token], now)).toBe('ok')
    expect(verifyCallbackSign({ sign, requestTime }, ['old', 'new'], now)).toBe('wrong')
    expect(verifyCallbackSign({ sign, requestTime }, [], now)).toBe('wrong')
  })

  it('must be there, whole', () => {
    expect(verifyCallbackSign({ requestTime }, [token], now)).toBe('missing')
    expect(verifyCallbackSign({ sign, requestTime: undefined }, [token], now)).toBe('missing')
    expect(verifyCallbackSign({ sign: '', requestTime: '' }, [token], now)).toBe('missing')
    expect(verifyCallbackSign({ sign: sign.slice(1), requestTime }, [token], now)).toBe('wrong')
    expect(verifyCallbackSign({ sign: sign.toUpperCase(), requestTime }, [token], now)).toBe('wrong')
    for (const time of ['soon', '1669872112.0', '-1669872112', '16698721120000000', ' 1669872112'])
      expect(verifyCallbackSign({ sign, requestTime: time }, [token], now)).toBe('wrong')
  })

  it('of one token and time fits no other', () => {
    const time = fc.integer({ min: 1, max: 4_000_000_000 })
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), time, (one, other, at) => {
        const query = { sign: signCallback(one, at), requestTime: String(at) }
        expect(verifyCallbackSign(query, [other], at * 1000)).toBe(one === other ? 'ok' : 'wrong')
        expect(verifyCallbackSign(query, [other, one], at * 1000)).toBe('ok')
      }),
      { numRuns: 1000 },
    )
  })
})
