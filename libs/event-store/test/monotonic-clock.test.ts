import { expect, it } from 'vitest'
import { createClock } from '../src/index.js'

it('stands still while the wall clock is behind, and goes on with it', () => {
  const wall = [1_000, 2_000, 500, 1_999, 2_001]
  const clock = createClock(() => wall.shift()!)
  expect([clock.now(), clock.now(), clock.now(), clock.now(), clock.now()]).toEqual([1_000, 2_000, 2_000, 2_000, 2_001])
})

it('writes RFC 3339 with milliseconds, on the same clock', () => {
  const wall = [Date.UTC(2026, 2, 26, 17, 29, 16), 0]
  const clock = createClock(() => wall.shift()!)
  expect([clock.timestamp(), clock.timestamp()]).toEqual(['2026-03-26T17:29:16.000Z', '2026-03-26T17:29:16.000Z'])
})

it('goes by the wall clock if nothing else is said', () => {
  const before = Date.now()
  const said = createClock().now()
  expect(said >= before && said <= Date.now()).toBe(true)
})
