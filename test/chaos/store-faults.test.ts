import { expect, it } from 'vitest'
import { storeFaults } from '../support/chaos/store-faults.js'

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)

it(`given a store that fails at random moments (CHAOS_SEED=${seed}), when rooms are driven, then each promise stands in the log once and in order`, async () => {
  const { violations, figures, met } = await storeFaults({ seed, deeds: 200, faults: 20 })
  console.log(`store faults, CHAOS_SEED=${seed}:`, figures)
  expect(violations).toEqual([])
  expect(met).toBe(20)
}, 120_000)
