import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { feedNeverReads } from '../support/chaos/feed-never-reads.js'
import { buildProgram } from '../support/program.js'

it('given 20 subscribers who never read, then each costs a few MB, and others miss nothing', async () => {
  const build = await buildProgram()
  try {
    const { violations, figures, eachMb } = await feedNeverReads({ build, events: 20_000, still: 20, phaseMs: 2000, untilDropped: false })
    console.log('feed, who never reads:', JSON.stringify(figures))
    expect(violations).toEqual([])
    // The ledger is three times that as text: some of it fits into the network's buffers.
    expect(eachMb).toBeLessThan(5)
  } finally {
    await rm(build, { recursive: true, force: true })
  }
}, 120_000)
