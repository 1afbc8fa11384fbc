import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { feedNeverReads } from '../support/chaos/feed-never-reads.js'
import { buildProgram } from '../support/program.js'

it('given 50 subscribers who never read, then each costs less than 2 MB and is dropped after half a minute, and others miss nothing', async () => {
  const build = await buildProgram()
  try {
    const { violations, figures, eachMb, droppedAfter, p99 } = await feedNeverReads({
      build,
      events: 50_000,
      still: 50,
      phaseMs: 10_000,
      untilDropped: true,
    })
    console.log('feed, who never reads:', JSON.stringify(figures))
    expect(violations).toEqual([])
    expect(eachMb).toBeLessThan(2)
    // Half a minute after the network took the last of it.
    expect(droppedAfter.first).toBeGreaterThan(29_000)
    expect(droppedAfter.last).toBeLessThan(75_000)
    expect(p99).toBeLessThan(1000)
  } finally {
    await rm(build, { recursive: true, force: true })
  }
}, 600_000)
