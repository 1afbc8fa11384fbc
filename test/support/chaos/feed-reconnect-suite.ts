import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { buildProgram } from '../program.js'
import { feedReconnect } from './feed-reconnect.js'

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)

/** @param size how often readers come again and the service is started, how long each start lives at the most, and how long all may take */
export const readersMissNothing = (size: {
  readonly reconnects: number
  readonly restarts: number
  readonly livesMs: number
  readonly longestMs: number
}): void => {
  it(
    `given writers, ${size.restarts} restarts of the service and readers that come again ${size.reconnects} times (CHAOS_SEED=${seed}), then each is given exactly the ledger's events, in order, none twice`,
    async () => {
      const build = await buildProgram()
      try {
        const { violations, figures } = await feedReconnect({ build, seed, ...size })
        console.log(`feed reconnect, CHAOS_SEED=${seed}:`, JSON.stringify(figures))
        expect(violations).toEqual([])
      } finally {
        await rm(build, { recursive: true, force: true })
      }
    },
    size.longestMs,
  )
}
