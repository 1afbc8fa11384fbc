import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { application, callbackOf, openVendor, percentile } from '../../bench/load.js'
import { atRest } from '../at-rest.js'
import { writeManyEvents } from '../many-events.js'
import { residentMb, socketsOf } from '../process-figures.js'
import { serve, settingsFor, urlOf, writeKey, type Program } from '../program.js'
import { readLogOf } from '../test-store.js'
import { errorsIn } from './errors-in.js'
import { differences } from './feed-judge.js'
import { subscribe, type Subscriber } from './feed-readers.js'

export interface FeedNeverReads {
  readonly build: string
  /** In the ledger from the start. */
  readonly events: number
  /** Subscribers who never read. */
  readonly still: number
  /** How long callbacks come without them, and then with them, in milliseconds. */
  readonly phaseMs: number
  /** Whether to wait until the service drops them; else they go once the service has done what it could. */
  readonly untilDropped: boolean
}

const rooms = 500
/** Callbacks a second meanwhile. */
const rate = 50

/** Subscribers who ask for everything and read nothing, beside others who read: memory, who is dropped when, and what each is given. */
export const feedNeverReads = async ({ build, events, still, phaseMs, untilDropped }: FeedNeverReads) => {
  const folder = await mkdtemp(join(tmpdir(), 'room-ledger-never-reads-'))
  const file = join(folder, 'room-ledger.db')
  const startedAt = Date.now() - 24 * 3_600_000
  const sockets: Socket[] = []
  const readers: Subscriber[] = []
  let program: Program | undefined
  let watch: NodeJS.Timeout | undefined
  try {
    await writeManyEvents({ file, folder, count: events, rooms, startedAt })
    const { secret } = await writeKey(folder)
    program = serve(build, folder, { ...settingsFor(folder, application), EVENT_STORE_URL: `sqlite:${file}`, NODE_ENV: 'production' })
    const { pid } = program
    const url = await urlOf(program)
    await atRest(program, url, secret)
    const reader = (after: string, stopsAfter = Infinity): Subscriber => {
      const one = subscribe({ service: () => url, secret, query: { after }, stopsAfter })
      readers.push(one)
      return one
    }
    const vendor = openVendor(url, 8)
    let sent = events
    let peak = 0
    watch = setInterval(() => (peak = Math.max(peak, residentMb(pid))), 50)
    const callbacksFor = async (ms: number, isOver: () => boolean = () => false) => {
      const took: number[] = []
      for (const end = Date.now() + ms; Date.now() < end && !isOver(); await delay(1000 / rate)) {
        const at = performance.now()
        await vendor.send(callbackOf(rooms, sent++, startedAt).body)
        took.push(performance.now() - at)
      }
      return percentile(
        took.toSorted((a, b) => a - b),
        0.99,
      )
    }

    // What a reader costs who reads is there before: it has gone through the same events, one after the other.
    for (let time = 0; time < 3; time += 1) {
      const early = reader('start')
      await until(() => early.taken.length >= events)
      await early.stop()
    }
    const others = Array.from({ length: 3 }, () => reader('now'))
    await until(() => others.every(({ figures }) => figures.came === 1))
    const p99Before = await callbacksFor(phaseMs)
    const before = peak
    const quiet = others[0]!.taken.length

    const slow = reader('start', 100)
    await until(() => slow.taken.length >= 100)
    const open = socketsOf(pid)
    const begun = performance.now()
    for (let n = 0; n < still; n += 1) sockets.push(askAndNeverRead(url, secret))
    await until(() => socketsOf(pid) >= open + still)
    const droppedAfter = { first: Infinity, last: Infinity }
    const looking = setInterval(() => {
      const left = socketsOf(pid) - open
      if (left < still) droppedAfter.first = Math.min(droppedAfter.first, performance.now() - begun)
      if (left <= 0) droppedAfter.last = Math.min(droppedAfter.last, performance.now() - begun)
    }, 250)
    const held = slow.taken.length
    const p99With = await callbacksFor(untilDropped ? 90_000 : phaseMs, () => untilDropped && droppedAfter.last < Infinity)
    if (!untilDropped) await atRest(program, url, secret, 60_000)
    clearInterval(looking)
    for (const socket of sockets) socket.destroy()
    if (untilDropped) slow.readOn()
    else slow.hangUp()
    await until(() => slow.taken.length >= sent && others.every(({ taken }) => taken.length >= sent - events))
    await delay(300)
    await Promise.all(readers.map((one) => one.stop()))
    await vendor.close()

    const ledger = await readLogOf(`sqlite:${file}`, 'room-')
    const [alone, beside] = [
      others.flatMap(({ taken }) => timesOf(taken.slice(0, quiet))),
      others.flatMap(({ taken }) => timesOf(taken.slice(quiet))),
    ].map((times) => times.toSorted((a, b) => a - b))
    return {
      violations: [
        ...others.flatMap(({ taken }, index) => differences(`reader ${index}`, taken, ledger.slice(events))),
        ...differences('the slow one', slow.taken, ledger),
        ...readers.flatMap(({ strange }) => strange),
        ...errorsIn(program.output()),
        ...(program.hasEnded() ? [`the service ended: ${program.output().slice(-2000)}`] : []),
      ],
      /** Megabytes for each who never reads. */
      eachMb: (peak - before) / still,
      droppedAfter,
      p99: percentile(beside!, 0.99),
      figures: {
        'never read': still,
        'memory MB': `${before.toFixed(0)} before, ${peak.toFixed(0)} with them`,
        'callbacks p99 ms': `${p99Before.toFixed(0)} before, ${p99With.toFixed(0)} with them`,
        'dropped after s': `${(droppedAfter.first / 1000).toFixed(1)} to ${(droppedAfter.last / 1000).toFixed(1)}`,
        'the slow one held': held,
        'others p99 ms': `${percentile(alone!, 0.99)} before, ${percentile(beside!, 0.99)} with them`,
      },
    }
  } finally {
    clearInterval(watch)
    for (const socket of sockets) socket.destroy()
    await Promise.all(readers.map((one) => one.stop()))
    program?.kill('SIGKILL')
    await program?.ended
    await rm(folder, { recursive: true, force: true })
  }
}

const timesOf = (taken: Subscriber['taken']): number[] => taken.map(({ tookMs }) => tookMs)

const until = async (isSo: () => boolean): Promise<void> => {
  for (const deadline = Date.now() + 60_000; !isSo() && Date.now() < deadline;) await delay(20)
}

/** What it is sent stays in the network's buffers, and then at the sender. */
const askAndNeverRead = (url: string, secret: string): Socket => {
  const { hostname, port, host } = new URL(url)
  const socket = connect(Number(port), hostname).on('error', () => undefined)
  socket.pause()
  socket.write(`GET /v1/events/stream?after=start HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${secret}\r\n\r\n`)
  return socket
}
