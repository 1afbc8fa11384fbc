import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { StoreUnavailable } from '#event-store'
import type { ExpectedRevision } from '#event-store'
import type { FaultKind } from '../../../test/double/index.js'
import { startCluster } from '../../../test/double/index.js'
import { appendOk, collect, event, eventsUpTo, numbersOf, within } from '../../event-store/test/store-fixture.js'
import { openEsdbEventStore } from '../src/index.js'
import { aDouble } from './support.js'

const { start, store: openStore } = aDouble()

const last = '7d3c3f60-0000-4000-8000-000000000003'

const nothingCommitted: FaultKind[] = ['drop-before', 'not-leader', 'unavailable', 'cancelled', 'deadline', 'late']
const committed: FaultKind[] = ['drop-after', 'timeout-after', 'late-answer']

describe('an append that meets trouble', () => {
  it.each(
    [...nothingCommitted, ...committed].flatMap((kind) => (['noStream', 'any'] as const).map((expected) => [kind, expected] as const)),
  )('given %s, twice, and %s expected, then it is there once, as it was acknowledged', async (kind, expected) => {
    const double = await start()
    const store = await openStore(double)
    double.faults.next({ on: 'append', kind }, 2)
    const result = await appendOk(store, 'room-1', [event(0), event(1)], expected)
    const written = await collect(store.readStream('room-1'))
    expect(numbersOf(written)).toEqual([0, 1])
    expect(result).toMatchObject({ revision: 1, position: written[1]!.position })
    expect(double.faults.met).toHaveLength(
      kind === 'late' || kind === 'late-answer' ? 1 : expected === 'any' && committed.includes(kind) ? 1 : 2,
    )
  })

  it.each<[ExpectedRevision]>([['any'], ['exists'], [0]])(
    'given a lost answer and %s expected, and a server that comes back without its memory of ids, then the event is there once',
    async (expected) => {
      const double = await start()
      const store = await openStore(double)
      await appendOk(store, 'room-1', [event(0)])
      double.faults.next({ on: 'append', kind: 'drop-after' })
      double.faults.next({ on: 'append', kind: 'unavailable' })
      const appending = appendOk(store, 'room-1', [event(1)], expected)
      await expect.poll(() => double.log.stream('room-1').length).toBe(2)
      await double.stop()
      await double.start({ forgetIds: true })
      expect(await appending).toMatchObject({ revision: 1 })
      expect(numbersOf(await collect(store.readStream('room-1')))).toEqual([0, 1])
    },
  )

  it('given a conflict behind a lost answer, then the conflict is told, with what is there', async () => {
    const double = await start()
    const store = await openStore(double)
    await appendOk(store, 'room-1', eventsUpTo(3))
    double.faults.next({ on: 'append', kind: 'drop-before' })
    expect(await store.append('room-1', [event(9)], 1)).toEqual({ ok: false, expected: 1, actual: 2 })
  })

  it('given a server that stays away, then patience ends with StoreUnavailable, and a repetition afterwards writes once', async () => {
    const double = await start()
    const store = await openStore(double, { patience: 300 })
    await double.stop()
    const again = event(1)
    await expect(within(5_000, 'an end', store.append('room-1', [again], 'noStream'))).rejects.toThrow(StoreUnavailable)
    await double.start()
    await appendOk(store, 'room-1', [again], 'noStream')
    expect(await collect(store.readStream('room-1'))).toHaveLength(1)
  })

  it.each<FaultKind>(['denied'])('given %s, then it is not tried again', async (kind) => {
    const double = await start()
    const store = await openStore(double)
    double.faults.always({ on: 'append', kind })
    await expect(store.append('room-1', [event()], 'any')).rejects.toThrow(/access denied/)
    expect(double.faults.met).toHaveLength(1)
  })

  it('given a repetition whose event was truncated since, then it is told as written, without another event’s position', async () => {
    const double = await start()
    const store = await openStore(double)
    const first = event(0)
    await appendOk(store, 'room-1', [first], 'noStream')
    await appendOk(store, 'room-1', [event(1)], 0)
    double.log.append(
      '$$room-1',
      [{ id: 'm', type: '$metadata', isJson: true, data: Buffer.from('{"$maxCount":1}'), metadata: Buffer.of() }],
      'any',
    )
    expect(await store.append('room-1', [first], 'noStream')).toMatchObject({ ok: true, revision: 0, position: -1n })
  })

  it('given more than 1 MiB, then it is refused as too large and not tried again', async () => {
    const double = await start()
    const store = await openStore(double)
    await expect(store.append('room-1', [event(0, { data: { text: 'x'.repeat(1_100_000) } })], 'any')).rejects.toThrow(RangeError)
  })

  it('given a stream that somebody deleted for good, then the error says so', async () => {
    const double = await start()
    const store = await openStore(double)
    double.log.tombstone('room-1', 'any')
    await expect(store.append('room-1', [event()], 'any')).rejects.toMatchObject({ type: 'stream-deleted' })
  })
})

describe('a read that meets trouble', () => {
  it.each<FaultKind>(['drop-before', 'not-leader', 'unavailable', 'cancelled', 'deadline', 'break', 'slow'])(
    'given %s, then nothing is missing and nothing comes twice',
    async (kind) => {
      const double = await start()
      const store = await openStore(double)
      await appendOk(store, 'room-1', eventsUpTo(60))
      const numbers = eventsUpTo(60).map(({ data }) => data['n'])
      const trouble = { on: 'read', kind, ms: 1, after: 13 } as const
      double.faults.next(trouble, 3)
      expect(numbersOf(await collect(store.readStream('room-1')))).toEqual(numbers)
      double.faults.next(trouble, 3)
      expect(numbersOf(await collect(store.readStream('room-1', { direction: 'backwards' })))).toEqual(numbers.toReversed())
      double.faults.next(trouble, 4)
      expect(numbersOf(await collect(store.readAll()))).toEqual(numbers)
    },
  )

  it('given a server that is silent in the middle, then the read begins anew where it stood', async () => {
    const double = await start()
    const store = await openStore(double)
    await appendOk(store, 'room-1', eventsUpTo(3))
    double.faults.next({ on: 'read', kind: 'slow', ms: 60_000 })
    expect(await within(20_000, 'the events', collect(store.readStream('room-1')))).toHaveLength(3)
  })

  it('given a server that stays away, then patience ends with StoreUnavailable', async () => {
    const double = await start()
    const store = await openStore(double, { patience: 300 })
    await double.stop()
    await expect(collect(store.readStream('room-1'))).rejects.toThrow(StoreUnavailable)
    await expect(collect(store.readAll())).rejects.toThrow(StoreUnavailable)
    await expect(store.head()).rejects.toThrow(StoreUnavailable)
  })
})

describe('a follower that meets trouble', () => {
  it('given a server that is away for longer than the patience of a call, then it goes on where it stood', async () => {
    const double = await start()
    const store = await openStore(double, { patience: 50 })
    await appendOk(store, 'room-1', eventsUpTo(3))
    const seen: unknown[] = []
    const caughtUp = Promise.withResolvers<void>()
    const following = (async () => {
      for await (const item of store.subscribe()) {
        if ('caughtUp' in item) caughtUp.resolve()
        else seen.push(item.data['n'])
        if (seen.length === 4) return
      }
    })()
    await caughtUp.promise
    await double.stop()
    await delay(500)
    await double.start()
    await expect
      .poll(
        () =>
          appendOk(store, 'room-1', [event(3, { id: last })], 2).then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true)
    await within(10_000, 'all events', following)
    expect(seen).toEqual([0, 1, 2, 3])
  })

  it('given a signal that ends it while the server is away, then it ends at once and without an error', async () => {
    const double = await start()
    const store = await openStore(double, { patience: 50 })
    const ending = new AbortController()
    const following = collect(store.subscribe({ signal: ending.signal }))
    await expect.poll(() => double.calls.open('read')).toBeGreaterThan(0)
    await double.stop()
    await delay(300)
    ending.abort()
    expect((await within(1_000, 'the end', following)).every((item) => 'caughtUp' in item)).toBe(true)
  })
})

describe('a cluster', () => {
  it('given a leader that dies under load, then another is found and every event is there once, in order', async () => {
    const cluster = await startCluster(3)
    const store = await openEsdbEventStore({ connectionString: cluster.url })
    const write = async (stream: string) => {
      for (let n = 0; n < 40; n += 1) await appendOk(store, stream, [event(n)], n === 0 ? 'noStream' : n - 1)
    }
    const writing = Promise.all(['room-1', 'room-2', 'room-3'].map(write))
    await expect.poll(() => cluster.members[0]!.log.stream('room-1').length).toBeGreaterThan(3)
    cluster.lead(1)
    await cluster.stop(0)
    await writing
    for (const stream of ['room-1', 'room-2', 'room-3']) {
      expect(numbersOf(await collect(store.readStream(stream)))).toEqual(eventsUpTo(40).map(({ data }) => data['n']))
    }
    await store.close()
    await cluster.close()
  })

  it('given a cluster that could not be discovered for a while, then the same store works once it is back', async () => {
    const cluster = await startCluster(2)
    const store = await openEsdbEventStore({ connectionString: cluster.url, patience: 2_500 })
    await Promise.all([cluster.stop(0), cluster.stop(1)])
    await expect(store.append('room-1', [event(0)], 'any')).rejects.toThrow(StoreUnavailable)
    await cluster.start(1)
    cluster.lead(1)
    await appendOk(store, 'room-1', [event(1)])
    expect(numbersOf(await collect(store.readStream('room-1')))).toEqual([1])
    await store.close()
    await cluster.close()
  })
})
