import { setTimeout as delay } from 'node:timers/promises'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventStore, ExpectedRevision, RecordedEvent } from '#event-store'
import type { Double, Fault } from '../../../test/double/index.js'
import { appendOk, collect, event, isCaughtUp, uniqueCategory, within } from '../../event-store/test/store-fixture.js'
import { aDouble } from './support.js'

const { start, store: openStore } = aDouble()

const onAppend: Fault[] = [
  { on: 'append', kind: 'drop-before' },
  { on: 'append', kind: 'drop-after' },
  { on: 'append', kind: 'late', ms: 5 },
  { on: 'append', kind: 'late-answer', ms: 5 },
  { on: 'append', kind: 'not-leader' },
  { on: 'append', kind: 'unavailable' },
  { on: 'append', kind: 'cancelled' },
  { on: 'append', kind: 'deadline' },
  { on: 'append', kind: 'timeout-after' },
]
const onRead: Fault[] = [
  { on: 'read', kind: 'break', after: 2 },
  { on: 'read', kind: 'unavailable' },
  { on: 'read', kind: 'slow', ms: 1 },
  { on: 'subscribe', kind: 'break', after: 3 },
  { on: 'subscribe', kind: 'drop-before' },
]

/** One writer a stream, who knows what was acknowledged; how it states its expectation makes no difference. */
const write = async (store: EventStore, stream: string, count: number, how: 'revision' | 'any' | 'exists'): Promise<string[]> => {
  const acknowledged: string[] = []
  for (let n = 0; n < count; n += 1) {
    const later: ExpectedRevision = how === 'revision' ? n - 1 : how
    const next = event(n)
    const { revision } = await appendOk(store, stream, [next], n === 0 ? 'noStream' : later)
    expect(revision).toBe(n)
    acknowledged.push(next.id)
  }
  return acknowledged
}

const follow = async (store: EventStore, prefix: string, count: number): Promise<RecordedEvent[]> => {
  const seen: RecordedEvent[] = []
  for await (const item of store.subscribe({ prefixes: [prefix] })) {
    if (!isCaughtUp(item)) seen.push(item)
    if (seen.length === count) break
  }
  return seen
}

const hows = ['revision', 'any', 'exists'] as const

/** Every acknowledged event is there exactly once, in the order of its writer, and followers saw the same. */
const holds = async (store: EventStore, category: string, streams: number, count: number, meddle: () => Promise<void>): Promise<void> => {
  const names = Array.from({ length: streams }, (_, n) => `${category}-${n}`)
  const following = follow(store, `${category}-`, streams * count)
  const writing = Promise.all(names.map((name, n) => write(store, name, count, hows[n % hows.length]!)))
  const [acknowledged] = await Promise.all([within(50_000, 'all appends', writing), meddle()])
  for (const [n, name] of names.entries()) {
    expect((await collect(store.readStream(name))).map(({ id }) => id)).toEqual(acknowledged[n])
  }
  const log = await collect(store.readAll({ prefixes: [`${category}-`] }))
  expect(log).toHaveLength(streams * count)
  expect(await within(20_000, 'all events at the follower', following)).toEqual(log)
}

const meddling = fc.record({
  seed: fc.integer(),
  share: fc.double({ min: 0.05, max: 0.4, noNaN: true }),
  faults: fc.subarray([...onAppend, ...onRead], { minLength: 1 }),
  deeds: fc.array(fc.constantFrom('cut', 'drop', 'restart', 'graceful', 'pause'), { maxLength: 4 }),
})

const perform = async (double: Double, deed: string): Promise<void> => {
  if (deed === 'cut') double.cutConnections()
  if (deed === 'drop') double.dropSubscriptions()
  if (deed === 'restart' || deed === 'graceful') {
    await double.stop({ graceful: deed === 'graceful' })
    await double.start()
  }
  await delay(10)
}

describe('whatever a server does', () => {
  it('every acknowledged event is there exactly once, in order', { timeout: 180_000 }, async () => {
    const double = await start()
    const store = await openStore(double)
    await fc.assert(
      fc.asyncProperty(meddling, async ({ deeds, ...plan }) => {
        double.faults.random(plan)
        await holds(store, uniqueCategory(), 3, 8, async () => {
          for (const deed of deeds) await perform(double, deed)
        })
        double.faults.clear()
      }),
      { numRuns: 40, endOnFailure: true },
    )
    expect(double.faults.met.length).toBeGreaterThan(100)
  })

  it('given 200 faults during 2,000 appends, then the same holds', { timeout: 120_000 }, async () => {
    const double = await start()
    const store = await openStore(double)
    double.faults.random({ seed: 20_260_326, share: 0.12, faults: onAppend, atMost: 200 })
    await holds(store, uniqueCategory(), 40, 50, async () => {
      for (const deed of ['drop', 'cut', 'restart', 'drop', 'graceful']) {
        await delay(150)
        await perform(double, deed)
      }
    })
    expect(double.faults.met).toHaveLength(200)
  })
})
