import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { buildProgram } from '../../program.js'
import { fuzz } from './fuzz.js'

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)

/** @param size how many requests unless `FUZZ_REQUESTS` says so, how long the service rests before its memory is taken, how long all may take */
export const withstandsFuzz = (size: { readonly requests: number; readonly quietMs: number; readonly longestMs: number }): void => {
  const requests = Number(process.env['FUZZ_REQUESTS'] ?? size.requests)
  it(
    `given ${requests} generated callbacks and requests (CHAOS_SEED=${seed}), then each is answered, none by a fault of ours, and only what was acknowledged is stored`,
    async () => {
      const build = await buildProgram()
      try {
        const { violations, figures, grownMb } = await fuzz({ build, seed, requests, warmUp: requests / 2, quietMs: size.quietMs })
        console.log(`fuzz, CHAOS_SEED=${seed}:`, JSON.stringify(figures))
        expect(violations).toEqual([])
        expect(grownMb).toBeLessThan(50)
      } finally {
        await rm(build, { recursive: true, force: true })
      }
    },
    size.longestMs,
  )
}
