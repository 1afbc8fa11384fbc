import { expect, it } from 'vitest'
import { alteredExport } from '../support/chaos/altered-export.js'

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)

it(`given an export of a real ledger (CHAOS_SEED=${seed}), when it is altered in every way, then each is caught and its place is named`, async () => {
  const { violations, figures, peakMb } = await alteredExport({ seed, events: 2_000, times: 24 })
  console.log(`altered export, CHAOS_SEED=${seed}:`, figures)
  expect(violations).toEqual([])
  expect(peakMb).toBeGreaterThan(20)
  expect(peakMb).toBeLessThan(200)
}, 180_000)
