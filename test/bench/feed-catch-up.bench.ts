import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countEvents } from '../support/chaos/feed-count.js'
import { writeManyEvents } from '../support/many-events.js'
import { residentMb } from '../support/process-figures.js'
import { buildProgram } from '../support/program.js'

const count = Number(process.env['BENCH_EVENTS'] ?? 1_000_000)
const rooms = 20_000

let folder: string
let build: string
let program: ChildProcess | undefined
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'room-ledger-catch-up-'))
  build = await buildProgram()
})
afterAll(async () => {
  await end()
  await Promise.all([folder, build].map((path) => rm(path, { recursive: true, force: true })))
})

const end = async (): Promise<void> => {
  if (program?.exitCode !== null || program.signalCode !== null) return
  program.kill('SIGKILL')
  await once(program, 'exit')
}

const listening = async ({ stdout }: ChildProcess): Promise<string> => {
  for await (const line of createInterface(stdout!)) return line.replace('listening on ', '')
  throw new Error('the feed did not start')
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Events a second of a reading in a process of its own. */
const raw = async (file: string, how: 'port' | 'sql'): Promise<number> => {
  const args = ['--disable-warning=ExperimentalWarning', '--conditions=source', '--import', here('../support/run-typescript.mjs')]
  const { stdout } = await promisify(execFile)(process.execPath, [...args, here('./raw-reading.ts'), file, how])
  const { events, seconds } = JSON.parse(stdout) as { events: number; seconds: number }
  expect(events).toBe(count)
  return events / seconds
}

/** Events a second for one consumer who follows from the start, and the bytes that it is sent. */
const consume = (url: string): Promise<{ rate: number; bytes: number }> =>
  new Promise((resolve, reject) => {
    const { hostname, port, host } = new URL(url)
    const begun = performance.now()
    const socket = connect(Number(port), hostname)
    const scan = countEvents({ onHead: (status) => status !== 200 && reject(new Error(`the stream answered ${status}`)) })
    let events = 0
    socket.on('data', (chunk) => {
      events += scan(chunk)
      if (events < count) return
      resolve({ rate: events / ((performance.now() - begun) / 1000), bytes: socket.bytesRead })
      socket.destroy()
    })
    socket.on('error', reject).on('close', () => reject(new Error(`the stream ended after ${events} events`)))
    socket.write(`GET /v1/events/stream?after=start HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  })

/**
 * One consumer catches up with a whole ledger, beside the same rows read raw. The program's feed stands alone in its process: of
 * a store that is new to it the service would make its index and its projections first, which takes an hour and more for a million events.
 */
it(`given a ledger of ${count} events, when one consumer follows from the start, then it is given at least 0.3 times as many a second as the bare store gives`, async () => {
  const file = join(folder, 'room-ledger.db')
  await writeManyEvents({ file, folder, count, rooms, startedAt: Date.now() - 24 * 3_600_000 })
  const { size } = await stat(file)
  const before = await raw(file, 'port')

  program = spawn(process.execPath, [here('./feed-host.mjs'), build, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await listening(program)
  const pid = program.pid!
  let memoryMb = 0
  const watching = setInterval(() => (memoryMb = Math.max(memoryMb, residentMb(pid))), 200)
  const rates = [await consume(url), await consume(url)]
  clearInterval(watching)
  await end()

  const after = await raw(file, 'port')
  const bare = (before + after) / 2
  const rate = rates.reduce((sum, one) => sum + one.rate, 0) / rates.length
  const plain = await raw(file, 'sql')
  console.log(
    `feed, catch-up of ${count} events (${(size / 2 ** 20).toFixed(0)} MB): ${rates.map((one) => one.rate.toFixed(0)).join(' and ')}/s over SSE ` +
      `(${(rates[0]!.bytes / count).toFixed(0)} bytes each, memory ${memoryMb.toFixed(0)} MB), ${before.toFixed(0)} and ${after.toFixed(0)}/s from the store: ` +
      `ratio ${(rate / bare).toFixed(2)}; rows without check and JSON ${plain.toFixed(0)}/s, ratio ${(rate / plain).toFixed(2)}`,
  )
  expect(rate / bare).toBeGreaterThan(0.3)
}, 1_800_000)
