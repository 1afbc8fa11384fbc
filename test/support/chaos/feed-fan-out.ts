import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { application, atRate, callbackOf, openVendor, percentile } from '../../bench/load.js'
import { residentMb } from '../process-figures.js'
import { serve, settingsFor, urlOf, writeKey, type Program } from '../program.js'
import { readLogOf } from '../test-store.js'
import { errorsIn } from './errors-in.js'
import type { Measured, Order } from './feed-crowd.js'

export interface FeedFanOut {
  readonly build: string
  readonly subscribers: number
  /** Callbacks a second. */
  readonly rate: number
  /** Of each phase: without subscribers, and with them. */
  readonly seconds: number
  readonly rounds: number
  /** Before anything is measured, with subscribers: code that is cold is slower by half. */
  readonly warmSeconds: number
}

const rooms = 2_000

/** Callbacks at a rate, with nobody who listens and with many, in turn: how long they take, and how soon everybody has them. */
export const feedFanOut = async ({ build, subscribers, rate, seconds, rounds, warmSeconds }: FeedFanOut) => {
  const folder = await mkdtemp(join(tmpdir(), 'room-ledger-fan-out-'))
  const file = join(folder, 'room-ledger.db')
  const startedAt = Date.now() - 24 * 3_600_000
  const crowd = startCrowd()
  let program: Program | undefined
  try {
    const { secret } = await writeKey(folder)
    program = serve(build, folder, { ...settingsFor(folder, application), EVENT_STORE_URL: `sqlite:${file}`, NODE_ENV: 'production' })
    const { pid } = program
    const url = await urlOf(program)
    const vendor = openVendor(url, 64)
    let sent = 0
    const phase = async (length: number) => {
      const sentAt = new Map<number, number>()
      const took = await atRate(rate, length, async () => {
        const n = sent++
        sentAt.set(n, performance.timeOrigin + performance.now())
        await vendor.send(callbackOf(rooms, n, startedAt).body)
      })
      return { sentAt, p50: percentile(took, 0.5), p99: percentile(took, 0.99) }
    }
    const listen = () =>
      crowd.tell({ connect: { url: `${url}/v1/events/stream?after=now`, secret, subscribers, sampleEvery: Math.ceil(subscribers / 20) } })
    const withListeners = async (length: number) => {
      await listen()
      await delay(500)
      const callbacks = await phase(length)
      const delivered = (await crowd.tell({ measure: { sentAt: callbacks.sentAt, startedAt, patienceMs: 10_000 } })) as Measured
      await crowd.tell({ disconnect: true })
      await delay(500)
      return { callbacks, delivered }
    }

    await phase(1)
    const warm = await withListeners(warmSeconds)
    let memoryMb = 0
    const watching = setInterval(() => (memoryMb = Math.max(memoryMb, residentMb(pid))), 100)
    const alone: Awaited<ReturnType<typeof phase>>[] = []
    const beside: Awaited<ReturnType<typeof withListeners>>[] = []
    for (let round = 0; round < rounds; round += 1) {
      alone.push(await phase(seconds))
      beside.push(await withListeners(seconds))
    }
    clearInterval(watching)
    await vendor.close()

    const ledger = (await readLogOf(`sqlite:${file}`, 'room-')).map(
      ({ metadata }) => Date.parse(String(metadata['occurredAt'])) - startedAt,
    )
    const median = (values: readonly number[]) =>
      percentile(
        values.toSorted((a, b) => a - b),
        0.5,
      )
    const callbacksP99 = { alone: median(alone.map(({ p99 }) => p99)), beside: median(beside.map(({ callbacks }) => callbacks.p99)) }
    const delivery = {
      p50: median(beside.map(({ delivered }) => delivered.p50)),
      p99: median(beside.map(({ delivered }) => delivered.p99)),
    }
    const ms = (value: number) => Math.round(value * 10) / 10
    return {
      violations: [
        ...[warm, ...beside].flatMap(({ delivered }) => [...delivered.wrong, ...misordered(delivered.order, ledger)]),
        ...(ledger.length === sent ? [] : [`${sent} callbacks were sent, ${ledger.length} stand in the ledger`]),
        ...errorsIn(program.output()),
      ],
      callbacksP99,
      delivery,
      memoryMb,
      figures: {
        subscribers,
        'callbacks a second': rate,
        'delivery p50 ms': beside.map(({ delivered }) => ms(delivered.p50)),
        'delivery p99 ms': beside.map(({ delivered }) => ms(delivered.p99)),
        'delivery longest ms': ms(Math.max(...beside.map(({ delivered }) => delivered.longest))),
        'memory MB': Math.round(memoryMb),
        'callbacks p50 ms': [alone.map(({ p50 }) => ms(p50)), beside.map(({ callbacks }) => ms(callbacks.p50))],
        'callbacks p99 ms': [alone.map(({ p99 }) => ms(p99)), beside.map(({ callbacks }) => ms(callbacks.p99))],
        'ratio of p99': Math.round((callbacksP99.beside / callbacksP99.alone) * 100) / 100,
      },
    }
  } finally {
    crowd.end()
    program?.kill('SIGKILL')
    await program?.ended
    await rm(folder, { recursive: true, force: true })
  }
}

const misordered = (order: readonly number[], ledger: readonly number[]): string[] => {
  const from = ledger.indexOf(order[0] ?? -1)
  return order.every((n, index) => n === ledger[from + index]) ? [] : ['what was delivered is not in the order of the ledger']
}

const startCrowd = () => {
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  const child: ChildProcess = fork(here('./feed-crowd.ts'), {
    execArgv: ['--conditions=source', '--import', here('../run-typescript.mjs')],
    serialization: 'advanced',
  })
  return {
    tell: async (order: Order): Promise<Measured | 'done'> => {
      child.send(order)
      const answer = await Promise.race([
        once(child, 'message').then(([message]) => message as Measured | 'done' | { failed: string }),
        once(child, 'exit').then(() => ({ failed: 'it has ended' })),
      ])
      if (typeof answer === 'object' && 'failed' in answer) throw new Error(`the subscribers failed: ${answer.failed}`)
      return answer
    },
    end: () => void child.kill(),
  }
}
