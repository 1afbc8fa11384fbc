import { expect, it } from 'vitest'
import { tornFile } from '../support/chaos/torn-file.js'

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)
const places = Number(process.env['TORN_FILE_PLACES'] ?? 1_000)

it(`given a ledger of acknowledged callbacks (CHAOS_SEED=${seed}), when its file is cut or altered at ${places} places, then it is refused with a message, or whole`, async () => {
  const { figures, violations, tellings } = await tornFile({ seed, places, wholeServiceEvery: 10 })
  console.log(`torn file, ${places} places, CHAOS_SEED=${seed}:`, figures, `\n${tellings.join('\n')}`)
  expect(violations).toEqual([])
  expect(figures['by the whole service']).toBeGreaterThanOrEqual(Math.min(100, places / 10))
})
