import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { feedFanOut } from '../support/chaos/feed-fan-out.js'
import { buildProgram } from '../support/program.js'

it('given 1,000 subscribers and 200 callbacks a second, then they have each within 100 ms, and callbacks notice little of them', async () => {
  const build = await buildProgram()
  try {
    const { violations, figures, delivery, callbacksP99, memoryMb } = await feedFanOut({
      build,
      subscribers: 1000,
      rate: 200,
      seconds: 15,
      rounds: 5,
      warmSeconds: 15,
    })
    console.log('feed, fan-out:', JSON.stringify(figures))
    expect(violations).toEqual([])
    // From the moment at which the callback is sent to the moment at which it is read.
    expect(delivery.p50).toBeLessThan(100)
    expect(delivery.p99).toBeLessThan(1000)
    expect(memoryMb).toBeLessThan(600)
    expect(callbacksP99.beside / callbacksP99.alone).toBeLessThan(1.5)
  } finally {
    await rm(build, { recursive: true, force: true })
  }
}, 600_000)
