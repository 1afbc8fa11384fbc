import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { signCallback } from '#live-engine/wire'
import { application, callbackOf, percentile } from '../../bench/load.js'
import { residentMb } from '../process-figures.js'
import { buildProgram, callWith, serve, settingsFor, urlOf, writeKey, type Program } from '../program.js'

export interface Flood {
  readonly seconds: number
  /** How long the rate is measured that the service bears. */
  readonly measureSeconds: number
  /** Of that rate. */
  readonly times: number
}

const rooms = 5_000
/** More than the service lets in, so that it has something to refuse. */
const connections = 1_500

interface Tally {
  readonly took: number[]
  readonly acknowledged: Set<number>
  readonly refused: Set<number>
  readonly strange: string[]
}

/** Sends callbacks at a rate, whether or not those before are answered. */
const createSender = (url: string, startedAt: number) => {
  const pool = new Pool(url, { connections, pipelining: 1, bodyTimeout: 30_000, headersTimeout: 30_000 })
  const tally: Tally = { took: [], acknowledged: new Set(), refused: new Set(), strange: [] }
  let sent = 0
  let underWay = 0
  let notSent = 0
  let sign = { requestTime: '', text: '' }
  const send = async (n: number): Promise<void> => {
    const { body } = callbackOf(rooms, n, startedAt)
    const now = String(Math.floor(Date.now() / 1000))
    if (sign.requestTime !== now) sign = { requestTime: now, text: signCallback(application.token, now) }
    const path = `/callbacks/live?SdkAppid=${application.sdkAppId}&CallbackCommand=${body.CallbackCommand}&RequestTime=${now}&Sign=${sign.text}`
    const at = performance.now()
    underWay += 1
    try {
      const answer = await pool.request({ method: 'POST', path, body: JSON.stringify(body) })
      await answer.body.dump()
      if (answer.statusCode === 200) {
        tally.acknowledged.add(n)
        tally.took.push(performance.now() - at)
      } else if ([429, 503].includes(answer.statusCode) && answer.headers['retry-after'] !== undefined) tally.refused.add(n)
      else tally.strange.push(`${answer.statusCode}`)
    } catch (error) {
      tally.strange.push(String(error))
    } finally {
      underWay -= 1
    }
  }
  return {
    tally,
    notSent: () => notSent,
    sent: () => sent,
    /** As many at a time as given, each after the one before. @returns callbacks a second */
    asItBears: async (seconds: number, callers: number): Promise<number> => {
      const from = sent
      const begun = performance.now()
      const caller = async () => {
        while (performance.now() - begun < seconds * 1000) await send(sent++)
      }
      await Promise.all(Array.from({ length: callers }, caller))
      return ((sent - from) / (performance.now() - begun)) * 1000
    },
    atRate: async (rate: number, seconds: number): Promise<void> => {
      const begun = performance.now()
      const pending = new Set<Promise<void>>()
      for (let due = 0; ;) {
        const elapsed = (performance.now() - begun) / 1000
        if (elapsed >= seconds) break
        for (const now = elapsed * rate; due < now; due += 1) {
          // Who has no line left is no longer a sender at this rate: it shows in the figures.
          if (underWay >= connections) {
            notSent += 1
            continue
          }
          const sending = send(sent++).finally(() => pending.delete(sending))
          pending.add(sending)
        }
        await delay(1)
      }
      await Promise.all(pending)
    },
    close: () => pool.close(),
  }
}

/** What others see of the service meanwhile, and what it takes up. */
const watch = (url: string, secret: string, pid: number) => {
  const over = new AbortController()
  const reads: number[] = []
  const failed: string[] = []
  const memory: { at: number; mb: number }[] = []
  const begun = performance.now()
  const done = (async () => {
    for (let n = 0; !over.signal.aborted; n += 1) {
      const path = ['/health/live', '/health/ready', '/v1/rooms?limit=5', '/metrics'][n % 4]!
      const at = performance.now()
      const answer = await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${secret}` } }).catch((error: unknown) =>
        String(error),
      )
      if (typeof answer === 'string') failed.push(`${path}: ${answer}`)
      else {
        await answer.text()
        if (!answer.ok) failed.push(`${path}: ${answer.status}`)
        reads.push(performance.now() - at)
      }
      memory.push({ at: (performance.now() - begun) / 60_000, mb: residentMb(pid) })
      await delay(100)
    }
  })()
  return {
    end: async () => {
      over.abort()
      await done
      return { reads: reads.toSorted((a, b) => a - b), failed, memory }
    },
  }
}

/** Megabytes a minute, by the method of least squares. */
const slopeOf = (memory: readonly { at: number; mb: number }[]): number => {
  const mean = (of: (each: { at: number; mb: number }) => number) => memory.reduce((sum, each) => sum + of(each), 0) / memory.length
  const [at, mb] = [mean((each) => each.at), mean((each) => each.mb)]
  return mean((each) => (each.at - at) * (each.mb - mb)) / mean((each) => (each.at - at) ** 2)
}

const startProgram = async (build: string, folder: string): Promise<{ program: Program; url: string; secret: string }> => {
  const { secret } = await writeKey(folder)
  const program = serve(build, folder, {
    ...settingsFor(folder, application),
    EVENT_STORE_URL: `sqlite:${join(folder, 'room-ledger.db')}`,
    NODE_ENV: 'production',
  })
  return { program, url: await urlOf(program), secret }
}

/** Measures what the service bears, sends a multiple of that, and compares the ledger with what was answered. */
export const flood = async ({ seconds, measureSeconds, times }: Flood) => {
  const folder = await mkdtemp(join(tmpdir(), 'room-ledger-flood-'))
  const build = await buildProgram()
  let program: Program | undefined
  try {
    const started = await startProgram(build, folder)
    program = started.program
    const startedAt = Date.now() - 24 * 3_600_000
    const sender = createSender(started.url, startedAt)
    await sender.asItBears(measureSeconds, 64)
    const rate = await sender.asItBears(measureSeconds, 64)
    const measured = sender.tally.took.length
    const watching = watch(started.url, started.secret, program.pid)
    await sender.atRate(rate * times, seconds)
    const { reads, failed, memory } = await watching.end()
    await sender.close()
    const ready = await callWith(started.secret)(`${started.url}/health/ready`, 'GET')
    program.kill('SIGTERM')
    const { code } = await program.ended

    const { tally } = sender
    const took = tally.took.slice(measured).toSorted((a, b) => a - b)
    const written = numbersIn(join(folder, 'room-ledger.db'), startedAt)
    const settled = memory.slice(Math.floor(memory.length / 2))
    const violations = [
      ...tally.strange.map((each) => `neither accepted nor told so: ${each}`),
      ...failed.map((each) => `a look meanwhile failed: ${each}`),
      ...(ready.status === 200 ? [] : [`afterwards it is not ready: ${JSON.stringify(ready.body)}`]),
      ...(code === 0 ? [] : [`it ended with ${code}`]),
      ...[...tally.acknowledged]
        .filter((n) => written.get(n) !== 1)
        .map((n) => `${n} was acknowledged and stands there ${written.get(n) ?? 0} times`),
      ...[...written.keys()].filter((n) => !tally.acknowledged.has(n)).map((n) => `${n} stands there and was not acknowledged`),
    ]
    const figures = {
      'bears a second': Math.round(rate),
      'offered a second': Math.round((sender.sent() + sender.notSent() - measured) / seconds),
      'accepted a second': Math.round(took.length / seconds),
      refused: tally.refused.size,
      'not even sent': sender.notSent(),
      'accepted p50 ms': Math.round(percentile(took, 0.5)),
      'accepted p99 ms': Math.round(percentile(took, 0.99)),
      'reads p99 ms': Math.round(percentile(reads, 0.99)),
      'memory MB': memory.filter((_, index) => index % Math.ceil(memory.length / 12) === 0).map(({ mb }) => Math.round(mb)),
      'slope MB a minute, second half': Math.round(slopeOf(settled) * 10) / 10,
    }
    return { violations: violations.slice(0, 20), figures, p99: percentile(took, 0.99), slope: slopeOf(settled), memory }
  } finally {
    program?.kill('SIGKILL')
    await program?.ended
    await Promise.all([folder, build].map((path) => rm(path, { recursive: true, force: true })))
  }
}

/** How often each callback stands in the ledger, by the number that its time tells. */
const numbersIn = (path: string, startedAt: number): Map<number, number> => {
  using db = new DatabaseSync(path, { readOnly: true })
  const numbers = new Map<number, number>()
  for (const { at } of db.prepare("SELECT occurred_at AS at FROM events WHERE type LIKE 'Room%' OR type = 'OwnerChanged'").iterate()) {
    const n = Date.parse(String(at)) - startedAt
    numbers.set(n, (numbers.get(n) ?? 0) + 1)
  }
  return numbers
}
