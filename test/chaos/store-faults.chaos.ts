import { expect, it } from 'vitest'
import { storeFaults } from '../support/chaos/store-faults.js'

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)

it(`given 200 faults of the store at random moments (CHAOS_SEED=${seed}), when 2,000 commands and callbacks come, then each promise stands in the log once and in order`, async () => {
  const { violations, figures, met } = await storeFaults({ seed, deeds: 2000, faults: 200 })
  console.log(`store faults, CHAOS_SEED=${seed}:`, figures)
  expect(violations).toEqual([])
  expect(met).toBe(200)
})
