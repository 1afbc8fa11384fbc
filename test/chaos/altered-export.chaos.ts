import { expect, it } from 'vitest'
import { alteredExport } from '../support/chaos/altered-export.js'

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)
const events = Number(process.env['ALTERED_EXPORT_EVENTS'] ?? 200_000)
const times = Number(process.env['ALTERED_EXPORT_TIMES'] ?? 100)

it(`given an export of ${events} events (CHAOS_SEED=${seed}), when it is altered in ${times} random ways, then each is caught and its place is named`, async () => {
  const { violations, figures, peakMb } = await alteredExport({ seed, events, times })
  console.log(`altered export, CHAOS_SEED=${seed}:`, figures)
  expect(violations).toEqual([])
  expect(peakMb).toBeLessThan(200)
}, 3_600_000)
