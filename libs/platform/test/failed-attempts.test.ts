import { describe, expect, it } from 'vitest'
import { createFailedAttempts, Problem } from '../src/index.js'

const refusal = new Problem({ type: 'unauthorized', detail: 'No.' })

/** Three a minute, at most two clients, on a clock that stands until it is told to go on. */
const given = () => {
  let now = 0
  const told: string[] = []
  const attempts = createFailedAttempts({ most: 3, mostClients: 2, now: () => now, onTooMany: (client) => void told.push(client) })
  const fail = (client = '192.0.2.1', times = 1) => Array.from({ length: times }, () => attempts.judge(client, refusal)).at(-1)!
  return { fail, told, pass: (ms: number) => void (now += ms) }
}

describe('failed attempts of a client', () => {
  it('given as many as are allowed, then each is answered as it is; one more is told when to come again', () => {
    const { fail, pass } = given()
    expect(fail('192.0.2.1', 3)).toBe(refusal)
    pass(45_000)
    const { status, parts } = fail()
    expect([status, parts.type, parts.retryAfter]).toEqual([429, 'too-many-requests', 15])
  })

  it('given too many, when the minute is over, then it begins anew, however often it failed meanwhile', () => {
    const { fail, pass } = given()
    fail('192.0.2.1', 100)
    pass(60_000)
    expect(fail('192.0.2.1', 3)).toBe(refusal)
    expect(fail().status).toBe(429)
  })

  it('given too many of one, then others are not concerned', () => {
    const { fail } = given()
    fail('192.0.2.1', 9)
    expect(fail('192.0.2.2')).toBe(refusal)
  })

  it('given many more than are allowed, then it is told once a minute', () => {
    const { fail, told, pass } = given()
    fail('192.0.2.1', 50)
    expect(told).toEqual(['192.0.2.1'])
    pass(60_000)
    fail('192.0.2.1', 50)
    expect(told).toHaveLength(2)
  })

  it('given more clients than are kept in mind, then the one that failed longest ago is forgotten, and memory is bounded', () => {
    const { fail } = given()
    for (const client of ['192.0.2.1', '192.0.2.2']) fail(client, 9)
    fail('192.0.2.3')
    expect(fail('192.0.2.2').status).toBe(429)
    expect(fail('192.0.2.1')).toBe(refusal)
  })

  it.each([
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff:ffff:ffff:ffff', true],
    ['2001:db8:0:1::1', '2001:DB8:0:0001:0:0:0:9', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['2001:db8::1', '2001:db8:0:0:1::', true],
    ['::1', '::2', true],
    ['fe80::1%eth0', 'fe80::2%eth0', true],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
    ['192.0.2.1', '192.0.2.2', false],
    ['unknown', 'unknown', true],
  ])('given the addresses %s and %s, then that they are one client is %s', (one, other, same) => {
    const { fail } = given()
    fail(one, 9)
    expect(fail(other).status).toBe(same ? 429 : 401)
  })
})
