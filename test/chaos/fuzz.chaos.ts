import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { fuzz } from '../support/chaos/fuzz/fuzz.js'
import { buildProgram } from '../support/program.js'

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)
const requests = Number(process.env['FUZZ_REQUESTS'] ?? 100_000)

it(`given ${requests} generated callbacks and requests (CHAOS_SEED=${seed}), then each is answered, none by a fault of ours, and only what was acknowledged is stored`, async () => {
  const build = await buildProgram()
  try {
    const { violations, figures, grownMb } = await fuzz({ build, seed, requests, warmUp: requests / 2, quietMs: 3_000 })
    console.log(`fuzz, CHAOS_SEED=${seed}:`, JSON.stringify(figures))
    expect(violations).toEqual([])
    expect(grownMb).toBeLessThan(50)
  } finally {
    await rm(build, { recursive: true, force: true })
  }
}, 1_800_000)
