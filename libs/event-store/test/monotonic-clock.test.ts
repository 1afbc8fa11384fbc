import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createClock } from '../src/index.js'

const still = () => 0

it('does not fall while the wall clock is behind, and goes on with it', () => {
  const wall = [1_000, 2_000, 500, 1_999, 2_001]
  const clock = createClock(() => wall.shift()!, still)
  expect([clock.now(), clock.now(), clock.now(), clock.now(), clock.now()]).toEqual([1_000, 2_000, 2_000, 2_000, 2_001])
})

it('goes at half the pace while the wall clock is behind, until that has caught up', () => {
  let [wall, steady] = [10_000_000, 0]
  const clock = createClock(
    () => wall,
    () => steady,
  )
  const after = (ms: number) => ((steady += ms), (wall += ms), clock.now())
  expect(clock.now()).toBe(10_000_000)
  wall -= 3_600_000
  expect([after(1_000), after(1_000)]).toEqual([10_000_500, 10_001_000])
  expect(after(7_200_000)).toBe(wall)
  expect(after(1_000)).toBe(wall)
})

it('never falls, whatever the wall clock is set to, and is never behind it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ jump: fc.integer({ min: -10_000_000, max: 10_000_000 }), passed: fc.nat(5_000) }), { maxLength: 50 }),
      (steps) => {
        let [wall, steady] = [1_700_000_000_000, 0]
        const clock = createClock(
          () => wall,
          () => steady,
        )
        let before = clock.now()
        for (const { jump, passed } of steps) {
          wall += jump + passed
          steady += passed
          const now = clock.now()
          expect(now).toBeGreaterThanOrEqual(Math.max(before, wall))
          before = now
        }
      },
    ),
  )
})

it('writes RFC 3339 with milliseconds, on the same clock', () => {
  const wall = [Date.UTC(2026, 2, 26, 17, 29, 16), 0]
  const clock = createClock(() => wall.shift()!, still)
  expect([clock.timestamp(), clock.timestamp()]).toEqual(['2026-03-26T17:29:16.000Z', '2026-03-26T17:29:16.000Z'])
})

it('goes by the wall clock if nothing else is said', () => {
  const before = Date.now()
  const said = createClock().now()
  expect(said >= before && said <= Date.now()).toBe(true)
})
