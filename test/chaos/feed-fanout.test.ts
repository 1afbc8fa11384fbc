import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { feedFanOut } from '../support/chaos/feed-fan-out.js'
import { buildProgram } from '../support/program.js'

it('given 100 subscribers, when callbacks come, then each subscriber is given all of them, in the order of the ledger', async () => {
  const build = await buildProgram()
  try {
    const { violations, figures } = await feedFanOut({ build, subscribers: 100, rate: 50, seconds: 2, rounds: 1, warmSeconds: 1 })
    console.log('feed, fan-out:', JSON.stringify(figures))
    expect(violations).toEqual([])
  } finally {
    await rm(build, { recursive: true, force: true })
  }
}, 120_000)
