import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openAuditLog } from '#audit-log'
import { openSqliteEventStore } from '#event-store-sqlite'
import { writeManyEvents } from '../support/many-events.js'
import { cpuMsOf } from '../support/process-figures.js'
import { buildProgram, settingsFor, writeKey } from '../support/program.js'
import { application, atOnce, callbackOf, openVendor } from './load.js'

const count = Number(process.env['BENCH_EVENTS'] ?? 1_000_000)
const perRound = Number(process.env['BENCH_CALLBACKS'] ?? 10_000)
const roundsEach = Number(process.env['BENCH_ROUNDS'] ?? 5)
const rooms = 2_000

let folder: string
let build: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'room-ledger-audit-'))
  build = await buildProgram()
})
afterAll(async () => {
  await Promise.all([folder, build].map((path) => rm(path, { recursive: true, force: true })))
})

const secondsOf = async <T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> => {
  const begun = performance.now()
  const result = await work()
  return { result, seconds: (performance.now() - begun) / 1000 }
}

/** The tree over that many events is built, and opened again: after a close in good order, and as a kill leaves it. */
it('restarts', async () => {
  const file = join(folder, 'many.db')
  await writeManyEvents({ file, folder, count, rooms: 20_000, startedAt: Date.now() - count })
  const store = await openSqliteEventStore(file)
  const at = join(folder, 'audit.db')
  const open = () => openAuditLog({ file: at, store })
  const auditLog = await open()
  const built = await secondsOf(async () => {
    await auditLog.start()
    while (!(await auditLog.catchUp(600_000)));
  })
  const root = auditLog.root(count)
  await auditLog.stop()
  const reopened = await secondsOf(open)
  const first = await secondsOf(async () => {
    await reopened.result.start()
    expect(await reopened.result.catchUp(60_000)).toBe(true)
    return reopened.result.root(count)
  })
  expect(first.result.equals(root)).toBe(true)
  const proofs = await secondsOf(async () => {
    for (let n = 0; n < 1000; n += 1) reopened.result.inclusion(Math.floor((n * count) / 1000), count)
  })
  // What lies on the disk while the process that has it open is killed.
  const killed = join(folder, 'killed.db')
  for (const suffix of ['', '-wal']) if (existsSync(at + suffix)) copyFileSync(at + suffix, killed + suffix)
  await reopened.result.stop()
  const afterKill = await secondsOf(() => openAuditLog({ file: killed, store }))
  expect(afterKill.result.root(count).equals(root)).toBe(true)
  await afterKill.result.stop()
  await store.close()
  console.log(
    `${count} events: built in ${built.seconds.toFixed(1)} s (${(count / built.seconds).toFixed(0)}/s), ${(statSync(at).size / 1e6).toFixed(0)} MB; ` +
      `opened again in ${reopened.seconds.toFixed(2)} s and up to date after ${first.seconds.toFixed(2)} s more; ` +
      `after a kill opened in ${afterKill.seconds.toFixed(2)} s; an inclusion proof takes ${proofs.seconds.toFixed(3)} ms`,
  )
  expect(reopened.seconds + first.seconds).toBeLessThan(1)
})

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Callbacks through the built service, each on a store of its own, with the tree and without in turn. */
it('ingests', async () => {
  const figures: Record<'on' | 'off', { rate: number; cpuMs: number }[]> = { on: [], off: [] }
  const open = async (follows: 'on' | 'off') => {
    const at = await mkdtemp(join(folder, follows))
    await writeKey(at)
    const env = {
      ...settingsFor(at, application),
      EVENT_STORE_URL: `sqlite:${join(at, 'room-ledger.db')}`,
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
    }
    const args = ['--disable-warning=ExperimentalWarning', here('./audit-host.mjs'), build, follows]
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const vendor = openVendor(line.replace('listening on ', ''), 64)
    const startedAt = Date.now() - 3_600_000
    let sent = 0
    return {
      follows,
      round: async () => {
        const cpu = cpuMsOf(child.pid!)
        const { seconds } = await atOnce(
          sent,
          sent + perRound,
          64,
          async (n) => void (await vendor.send(callbackOf(rooms, n, startedAt).body)),
        )
        sent += perRound
        return { rate: perRound / seconds, cpuMs: (cpuMsOf(child.pid!) - cpu) / perRound }
      },
      close: async () => {
        await vendor.close()
        child.kill('SIGTERM')
        await once(child, 'exit')
      },
    }
  }
  const hosts = [await open('off'), await open('on')]
  for (const host of hosts) await host.round()
  for (let n = 0; n < roundsEach; n += 1)
    for (const host of n % 2 === 0 ? hosts : hosts.toReversed()) figures[host.follows].push(await host.round())
  await Promise.all(hosts.map((host) => host.close()))
  const total = (follows: 'on' | 'off') => {
    const rates = figures[follows].map(({ rate }) => rate)
    return {
      rate: rates.length / rates.reduce((sum, rate) => sum + 1 / rate, 0),
      cpuMs: figures[follows].reduce((sum, { cpuMs }) => sum + cpuMs, 0) / rates.length,
    }
  }
  const [on, off] = [total('on'), total('off')]
  console.log(
    `callbacks a second with the tree ${on.rate.toFixed(0)} (${on.cpuMs.toFixed(3)} ms of processor each), without ${off.rate.toFixed(0)} ` +
      `(${off.cpuMs.toFixed(3)} ms): ratio ${(on.rate / off.rate).toFixed(3)}, by processor ${(off.cpuMs / on.cpuMs).toFixed(3)}`,
  )
  expect(on.rate / off.rate).toBeGreaterThan(0.9)
})
