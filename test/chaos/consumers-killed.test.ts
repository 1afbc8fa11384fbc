import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { consumersKilled } from '../support/chaos/consumers-killed.js'
import { buildProgram } from '../support/program.js'

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)
const kills = Number(process.env['CONSUMER_KILLS'] ?? 3)

let build: string
beforeAll(async () => void (build = await buildProgram()), 120_000)
afterAll(() => rm(build, { recursive: true, force: true }))

it(
  `given readers of a named consumer, when instances are killed, then all is given out at least once, in order (CHAOS_SEED=${seed})`,
  async () => {
    const { violations, figures } = await consumersKilled({ build, seed, kills })
    console.log(`a named consumer, CHAOS_SEED=${seed}:`, figures)
    expect(violations).toEqual([])
    expect(figures.events).toBeGreaterThan(2 * kills)
    expect(figures.acknowledged).toBeGreaterThan(kills)
  },
  60_000 + kills * 10_000,
)
