import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { EventStoreDBClient, isCommandError, jsonEvent, NO_STREAM } from '@eventstore/db-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { appendOk, collect, event, eventsUpTo, isCaughtUp, numbersOf, within } from '../../../event-store/test/store-fixture.js'
import { openEsdbEventStore } from '../../src/index.js'
import { aDouble } from '../support.js'

const { start, store: openStore } = aDouble()
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

const run = (...args: string[]) => {
  const child = spawn(process.execPath, args)
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }))
  const shown = async (text: string): Promise<void> => {
    await expect.poll(() => output, { timeout: 20_000 }).toContain(text)
  }
  return { shown, ended }
}

const bareClient = (url: string) => {
  const client = EventStoreDBClient.connectionString(url)
  onTestFinished(() => client.dispose())
  return client
}

describe('defect 1: pending batch appends of all clients in a process are kept in one map', () => {
  it('given two bare clients, when one loses its server, then the other’s answer ends the process (why the store has calls of its own)', async () => {
    const [healthy, dying] = [await start(), await start()]
    for (const { faults } of [healthy, dying]) faults.next({ on: 'append', kind: 'late', ms: 1 })
    healthy.faults.next({ on: 'append', kind: 'late-answer', ms: 1_000 })
    dying.faults.next({ on: 'append', kind: 'late', ms: 10_000 })
    const child = run(here('two-bare-clients.mjs'), healthy.url, dying.url)
    await expect.poll(() => [healthy.faults.met.length, dying.faults.met.length], { timeout: 20_000 }).toEqual([2, 2])
    await dying.stop()
    expect(await child.ended).toMatchObject({ code: 1, output: expect.stringContaining('undefined is not iterable') as string })
  })

  it.each([
    ['without TLS', {}],
    ['with TLS and nobody’s name', { tls: true }],
    ['with TLS and a user', { tls: true, users: { me: { password: 'mine', groups: ['$admins'] } } }],
  ])('given two stores %s, when one loses its server, then the other’s appends end well, all down one call', async (_, options) => {
    const [healthy, dying] = [await start(options), await start(options)]
    const url = (double: typeof healthy) => ('users' in options ? double.urlAs('me', 'mine') : double.url)
    const [well, ill] = [await openStore({ url: url(healthy) }), await openStore({ url: url(dying) }, { patience: 100 })]
    healthy.faults.always({ on: 'append', kind: 'late-answer', ms: 100 })
    dying.faults.always({ on: 'append', kind: 'late', ms: 5_000 })
    const good = Promise.all(eventsUpTo(20).map((event) => appendOk(well, 'room-1', [event])))
    const bad = Promise.allSettled(eventsUpTo(20).map((event) => appendOk(ill, 'room-1', [event])))
    await expect.poll(() => dying.faults.met.length).toBe(20)
    await dying.stop()
    expect((await good).map(({ ok }) => ok)).toEqual(Array.from({ length: 20 }, () => true))
    expect((await bad).every(({ status }) => status === 'rejected')).toBe(true)
    expect(await collect(well.readStream('room-1'))).toHaveLength(20)
    expect([healthy.calls.made('batchAppend'), healthy.calls.made('append')]).toEqual([1, 0])
  })
})

describe('defect 2: throwOnAppendFailure=false reports a wrong revision, and is ignored where it is given with a call', () => {
  it('given it in the connection string of the bare client, then the conflict names revision 1 whatever the server said', async () => {
    const double = await start()
    const client = bareClient(`${double.url}&throwOnAppendFailure=false`)
    await client.appendToStream(
      'room-1',
      [0, 1, 2, 3].map((n) => jsonEvent({ type: 'T', data: { n } })),
    )
    const result = await client.appendToStream('room-1', jsonEvent({ type: 'T', data: {} }), { expectedRevision: NO_STREAM })
    expect(result).toMatchObject({ success: false, nextExpectedRevision: 1n })
  })

  it('given a store, then it refuses that setting, and a conflict names what is there', async () => {
    const double = await start()
    await expect(openEsdbEventStore({ connectionString: `${double.url}&throwOnAppendFailure=false` })).rejects.toThrow(
      /throwOnAppendFailure/,
    )
    const store = await openStore(double)
    await appendOk(store, 'room-1', eventsUpTo(4))
    expect(await store.append('room-1', [event()], 'noStream')).toEqual({ ok: false, expected: 'noStream', actual: 3 })
  })
})

describe('defect 4: without TLS the client leaves credentials away', () => {
  it('given a user in the connection string and tls=false, then the log says that nobody will see them, without the password', async () => {
    const double = await start()
    const said: string[] = []
    await openStore({ url: double.urlAs('me', 'my-secret') }, { log: (message) => void said.push(message) })
    expect(said.join()).toMatch(/tls=false.*user and password are not sent/)
    expect(said.join()).not.toContain('my-secret')
  })
})

describe('defect 5: a checkpointReached that throws stalls its subscription', () => {
  it('so none is given anywhere in this library: positions are known by what was delivered', async () => {
    const folder = here('../../src')
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'))
    const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
    expect(texts.join('\n')).not.toContain('checkpointReached')
    expect(texts.length).toBeGreaterThan(5)
  })
})

describe('defect 6: an open client keeps the process alive', () => {
  it('given a store that was closed, even with a subscription that still waits, then its process ends by itself', async () => {
    const double = await start()
    const child = run(
      '--conditions=source',
      '--experimental-transform-types',
      '--import',
      here('../../../../test/support/run-typescript.mjs'),
      here('open-and-close.ts'),
      double.url,
    )
    await child.shown('closed')
    expect(await within(5_000, 'the end of the process', child.ended)).toMatchObject({ code: 0 })
  })
})

describe('defect 7: older reports of leaks, bursts, restarts and silent lines', () => {
  it('given readers that break off, then no call stays open behind them', async () => {
    const double = await start()
    const store = await openStore(double)
    await appendOk(store, 'room-1', eventsUpTo(500))
    for (let n = 0; n < 50; n += 1) {
      for await (const _ of store.readStream('room-1')) break
      for await (const _ of store.readAll()) break
      for await (const _ of store.subscribe()) break
    }
    expect(double.calls.made('read')).toBeGreaterThan(150)
    // The one that stays is the bell of the store itself.
    await expect.poll(() => double.calls.open('read'), { timeout: 10_000 }).toBeLessThanOrEqual(1)
  })

  it('given a burst of 1,000 appends on a fresh connection, then each is written once', async () => {
    const double = await start()
    const store = await openStore(double)
    await Promise.all(eventsUpTo(1_000).map((event) => appendOk(store, `room-${event.data['n']}`, [event], 'noStream')))
    expect(await collect(store.readAll())).toHaveLength(1_000)
  })

  it('given a server that restarts again and again under load, then no error escapes, and every event is there once', async () => {
    const double = await start()
    const store = await openStore(double)
    const restarting = { over: false }
    const restarts = (async () => {
      for (let n = 0; n < 5; n += 1) {
        await delay(60)
        await double.stop({ graceful: n % 2 === 0 })
        await delay(60)
        await double.start()
      }
      restarting.over = true
    })()
    const write = async (stream: string) => {
      let n = 0
      for (; !restarting.over || n < 20; n += 1) await appendOk(store, stream, [event(n)], n === 0 ? 'noStream' : n - 1)
      return n
    }
    const counts = await Promise.all(['room-1', 'room-2', 'room-3', 'room-4'].map(write))
    await restarts
    for (const [index, count] of counts.entries()) {
      const written = numbersOf(await collect(store.readStream(`room-${index + 1}`)))
      expect(written).toEqual(Array.from({ length: count }, (_, n) => n))
    }
  })
})

describe('defect 8: events do not wait for a handler', () => {
  it('given a consumer that takes its time, then it gets every event in order while writers write on', async () => {
    const double = await start({ liveBuffer: 8 })
    const store = await openStore(double)
    const seen: unknown[] = []
    const following = (async () => {
      for await (const item of store.subscribe()) {
        if (isCaughtUp(item)) continue
        await delay(seen.length % 50 === 0 ? 20 : 0)
        seen.push(item.data['n'])
        if (seen.length === 600) return
      }
    })()
    for (let n = 0; n < 600; n += 20) {
      await Promise.all(eventsUpTo(20).map((_, k) => appendOk(store, `room-${k}`, [event(n + k)])))
      if (n % 100 === 0) double.dropSubscriptions()
    }
    await within(20_000, 'all events', following)
    expect(seen).toEqual(numbersOf(await collect(store.readAll())))
    expect(new Set(seen).size).toBe(600)
  })
})

describe('what was observed of the bare client beside a server that is away', () => {
  it('given a server that is gone, then appends fail with a plain error of code 14, and the same client works once it is back', async () => {
    const double = await start()
    const client = bareClient(double.url)
    const append = () => client.appendToStream('room-1', jsonEvent({ type: 'T', data: {} }))
    await append()
    await double.stop()
    const first: unknown = await append().catch((error: unknown) => error)
    const second: unknown = await append().catch((error: unknown) => error)
    for (const error of [first, second]) expect(error).toMatchObject({ code: 14 })
    expect(isCommandError(second as Error)).toBe(false)
    await double.start()
    await expect
      .poll(
        () =>
          append().then(
            ({ success }) => success,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true)
  })

  it('given a graceful stop, then a subscription ends with an unknown error of code 13, and does not come back by itself', async () => {
    const double = await start()
    const errors: unknown[] = []
    const subscription = bareClient(double.url).subscribeToAll()
    subscription.on('error', (error) => void errors.push(error))
    await new Promise((resolve) => subscription.once('confirmation', resolve))
    await double.stop({ graceful: true })
    await double.start()
    await delay(100)
    expect(errors).toMatchObject([{ type: 'unknown', code: 13 }])
    expect(double.calls.open('read')).toBe(0)
  })

  it('given a live subscriber that falls behind, then it is dropped as too slow', async () => {
    const double = await start()
    const subscription = bareClient(double.url).subscribeToAll()
    const dropped = once(subscription, 'error')
    await new Promise((resolve) => subscription.once('confirmation', resolve))
    double.dropSubscriptions()
    const errors = await dropped.catch((error: unknown) => [error])
    expect(errors[0]).toMatchObject({
      type: 'timeout',
      message: expect.stringContaining('Consumer too slow to handle event while live') as string,
    })
  })
})
