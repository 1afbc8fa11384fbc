import { describe, expect, it } from 'vitest'
import { lagOf } from '../src/health/lag.js'

describe('lag', () => {
  it.each([
    [{ position: 7n, head: 7n, caughtUp: true }, 0],
    [{ position: 3n, head: 7n, caughtUp: false }, 4],
    [{ position: -1n, head: 7n, caughtUp: false }, 8],
    // What is last in the log may be none of its business.
    [{ position: 3n, head: 7n, caughtUp: true }, 0],
    [{ position: 9n, head: 7n, caughtUp: false }, 0],
  ])('of %o is %i', (state, lag) => expect(lagOf(state)).toBe(lag))
})
