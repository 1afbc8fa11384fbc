import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ownServer } from '../support/chaos/own-server.js'
import { serverKilled } from '../support/chaos/server-killed.js'
import { buildProgram } from '../support/program.js'

const { TEST_EVENTSTORE_COMMAND: command, TEST_EVENTSTORE_KILL_COMMAND: killCommand, TEST_EVENTSTORE_PORT } = process.env
const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)

if (command === undefined)
  it('did not run: TEST_EVENTSTORE_COMMAND names no EventStoreDB that could be killed', () => {
    console.log('NOT RUN: a real server that is killed under load. Set TEST_EVENTSTORE_COMMAND, see docs/how-to/run-the-chaos-suites.md')
  })
else
  it(`given two instances under load (CHAOS_SEED=${seed}), when their server is killed and started five times, then every promise holds, and both are ready within 10 s`, async () => {
    const data = await mkdtemp(join(tmpdir(), 'room-ledger-server-'))
    const build = await buildProgram()
    const server = ownServer({ command, killCommand, port: Number(TEST_EVENTSTORE_PORT ?? 2133), data })
    try {
      console.log(`the server answers after ${Math.round(await server.start())} ms`)
      const { violations, figures, returns } = await serverKilled({ build, server, seed, times: 5 })
      console.log(`server killed, CHAOS_SEED=${seed}:`, figures)
      expect(violations).toEqual([])
      expect(returns).toHaveLength(5)
      expect(Math.max(...returns.flatMap(({ readyMs }) => readyMs))).toBeLessThan(10_000)
    } finally {
      await server.kill()
      await Promise.all([data, build].map((folder) => rm(folder, { recursive: true, force: true })))
    }
  })
