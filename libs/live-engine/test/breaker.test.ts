import { describe, expect, it } from 'vitest'
import { createBreaker, missesToOpen } from '../src/client/breaker.js'

const given = () => {
  let now = 0
  const breaker = createBreaker(() => now)
  const miss = (times: number) => Array.from({ length: times }, () => breaker.missed())
  return { breaker, miss, pass: (ms: number): void => void (now += ms) }
}

describe('the breaker', () => {
  it('given fewer misses in a row than it takes, then it stays closed; one answer begins the count anew', () => {
    const { breaker, miss } = given()
    miss(missesToOpen - 1)
    breaker.heard()
    miss(missesToOpen - 1)
    expect([breaker.state(), breaker.retryAfterMs(), breaker.claimProbe()]).toEqual(['closed', 0, false])
  })

  it('given so many misses, then it is open, and after a pause one alone may try', () => {
    const { breaker, miss, pass } = given()
    miss(missesToOpen)
    expect([breaker.state(), breaker.retryAfterMs(), breaker.claimProbe()]).toEqual(['open', 1000, false])
    pass(999)
    expect(breaker.claimProbe()).toBe(false)
    pass(1)
    expect([breaker.claimProbe(), breaker.claimProbe(), breaker.state()]).toEqual([true, false, 'probing'])
    breaker.heard()
    expect([breaker.state(), breaker.claimProbe()]).toEqual(['closed', false])
  })

  it('given the try is in vain, then the pause doubles, up to five seconds, and is short again after an answer', () => {
    const { breaker, miss, pass } = given()
    miss(missesToOpen)
    const pauses = [1, 2, 3, 4].map(() => {
      const pause = breaker.retryAfterMs()
      pass(pause)
      expect(breaker.claimProbe()).toBe(true)
      breaker.missed(true)
      return pause
    })
    expect(pauses).toEqual([1000, 2000, 4000, 5000])
    breaker.heard()
    miss(missesToOpen)
    expect(breaker.retryAfterMs()).toBe(1000)
  })

  it('given calls from before fail while it is open or tried, then they change nothing', () => {
    const { breaker, miss, pass } = given()
    miss(missesToOpen)
    pass(600)
    miss(20)
    pass(400)
    expect(breaker.claimProbe()).toBe(true)
    miss(20)
    expect([breaker.state(), breaker.claimProbe()]).toEqual(['probing', false])
  })
})
