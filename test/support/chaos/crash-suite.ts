import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { buildProgram } from '../program.js'
import { crash } from './crash.js'

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)

/** @param size how often it is killed unless `CRASH_KILLS` says so, how long each start lives at the most, and how long all may take */
export const survivesCrashes = (size: { readonly kills: number; readonly livesMs: number; readonly longestMs: number }): void => {
  const kills = Number(process.env['CRASH_KILLS'] ?? size.kills)
  it(
    `given load, lost and doubled callbacks and a vendor that hangs (CHAOS_SEED=${seed}), when the service is killed ${kills} times, then nothing acknowledged is lost or doubled, and the rooms are the vendor's`,
    async () => {
      const build = await buildProgram()
      try {
        const { violations, figures } = await crash({ build, seed, kills, livesMs: size.livesMs })
        console.log(`crash, CHAOS_SEED=${seed}:`, JSON.stringify(figures))
        expect(violations).toEqual([])
      } finally {
        await rm(build, { recursive: true, force: true })
      }
    },
    size.longestMs,
  )
}
