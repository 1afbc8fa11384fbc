import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { feedNeverReads } from '../support/chaos/feed-never-reads.js'
import { buildProgram } from '../support/program.js'

it('given 100 subscribers who never read, then each costs less than 2 MB, and others miss nothing', async () => {
  const build = await buildProgram()
  try {
    const { violations, figures, eachMb } = await feedNeverReads({ build, events: 10_000, still: 100, phaseMs: 2000, untilDropped: false })
    console.log('feed, who never reads:', JSON.stringify(figures))
    expect(violations).toEqual([])
    expect(eachMb).toBeLessThan(2)
  } finally {
    await rm(build, { recursive: true, force: true })
  }
}, 120_000)
