import { expect, it } from 'vitest'
import { flood } from '../support/chaos/flood.js'

it('given more callbacks than the service bears, then each is accepted or told so, and the ledger has exactly what was accepted', async () => {
  const { violations, figures, p99, memory } = await flood({ seconds: 5, measureSeconds: 1, times: 3 })
  console.log('flood:', figures)
  expect(violations).toEqual([])
  expect(p99).toBeLessThan(20_000)
  expect(Math.max(...memory.map(({ mb }) => mb))).toBeLessThan(800)
}, 120_000)
