import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { crash } from '../support/chaos/crash.js'
import { buildProgram } from '../support/program.js'

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)
const kills = Number(process.env['CRASH_KILLS'] ?? 50)

it(`given load, lost and doubled callbacks and a vendor that hangs (CHAOS_SEED=${seed}), when the service is killed ${kills} times, then nothing acknowledged is lost or doubled, and the rooms are the vendor's`, async () => {
  const build = await buildProgram()
  try {
    const { violations, figures } = await crash({ build, seed, kills, livesMs: 3000 })
    console.log(`crash, CHAOS_SEED=${seed}:`, JSON.stringify(figures))
    expect(violations).toEqual([])
  } finally {
    await rm(build, { recursive: true, force: true })
  }
}, 1_800_000)
