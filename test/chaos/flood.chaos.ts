import { expect, it } from 'vitest'
import { flood } from '../support/chaos/flood.js'

const minutes = Number(process.env['FLOOD_MINUTES'] ?? 5)

it(
  `given twice the callbacks that the service bears, for ${minutes} minutes, then each is accepted or told so, memory stays, and the ledger has what was accepted`,
  async () => {
    const { violations, figures, p99, slope } = await flood({ seconds: minutes * 60, measureSeconds: 10, times: 2 })
    console.log(`flood, ${minutes} minutes:`, figures)
    expect(violations).toEqual([])
    expect(figures.refused).toBeGreaterThan(0)
    expect(p99).toBeLessThan(10_000)
    expect(slope).toBeLessThan(20)
  },
  minutes * 60_000 + 300_000,
)
