import { expect, it } from 'vitest'
import { tornFile } from '../support/chaos/torn-file.js'

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)

it(`given a ledger of acknowledged callbacks (CHAOS_SEED=${seed}), when its file is cut or altered anywhere, then it is refused with a message, or whole`, async () => {
  const { figures, violations } = await tornFile({ seed, places: 100, wholeServiceEvery: 20 })
  console.log(`torn file, CHAOS_SEED=${seed}:`, figures)
  expect(violations).toEqual([])
  expect(figures.refused).toBeGreaterThan(20)
}, 120_000)
