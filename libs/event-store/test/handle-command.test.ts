import { randomUUID } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventStore, EventToAppend, RecordedEvent } from '../src/index.js'
import { ConcurrencyExhausted, createStreamHandler, StoreUnavailable } from '../src/index.js'
import { createMemoryStore } from './memory-store.js'
import { appendOk, collect, event, eventsUpTo, numbersOf } from './store-fixture.js'

interface Sum {
  readonly total: number
  readonly ids: readonly string[]
}
const evolve = (state: Sum, events: readonly RecordedEvent[]): Sum => ({
  total: events.reduce((total, { data }) => total + Number(data['n']), state.total),
  ids: [...state.ids, ...events.map(({ id }) => id)],
})
const handlerOn = (store: EventStore, options: { maxWeight?: number; weigh?: (state: Sum) => number; maxAttempts?: number } = {}) =>
  createStreamHandler<Sum>({ store, initial: () => ({ total: 0, ids: [] }), evolve, ...options })

const addOne =
  (id: string = randomUUID()) =>
  ({ total, ids }: Sum) => ({ events: ids.includes(id) ? [] : [event(1, { id })], result: total })

/** A store on which something happens directly before an append reaches it. */
const disturbed = (store: EventStore, disturb: (stream: string, events: readonly EventToAppend[]) => Promise<unknown>): EventStore => ({
  ...store,
  append: async (stream, events, expected) => {
    await disturb(stream, events)
    return store.append(stream, events, expected)
  },
})
/** Like EventStoreDB, which answers a repeated append as it answered the first. */
const tellingNothing = (store: EventStore): EventStore => ({
  ...store,
  append: async (...args) => {
    const result = await store.append(...args)
    return result.ok ? { ...result, idempotent: 'unknown' } : result
  },
})
const counting = (store: EventStore) => {
  const read: number[] = []
  return {
    read,
    store: {
      ...store,
      readStream: async function* (...args: Parameters<EventStore['readStream']>) {
        for await (const item of store.readStream(...args)) {
          read.push(item.revision)
          yield item
        }
      },
    },
  }
}

describe('a command on a stream', () => {
  it('sees the folded past, and answers with what it wrote and the state after it', async () => {
    const store = createMemoryStore()
    await appendOk(store, 'sum-1', [event(4), event(5)])
    const handled = await handlerOn(store).handle('sum-1', ({ total }, revision) => ({
      events: [event(10), event(20)],
      result: { total, revision },
    }))
    expect(handled).toMatchObject({ result: { total: 9, revision: 1 }, state: { total: 39 }, revision: 3, position: 4n })
    expect(handled.appended).toEqual((await collect(store.readStream('sum-1'))).slice(2).map(({ id }) => id))
  })

  it('begins a stream that is not there', async () => {
    const handled = await handlerOn(createMemoryStore()).handle('sum-1', (state, revision) => ({
      events: [event(1)],
      result: { state, revision },
    }))
    expect(handled).toMatchObject({ result: { state: { total: 0 }, revision: -1 }, revision: 0, state: { total: 1 } })
  })

  it('may write nothing, and is answered with the stream as it is', async () => {
    const store = createMemoryStore()
    const handler = handlerOn(store)
    expect(await handler.handle('sum-1', () => ({ events: [], result: 'refused' }))).toMatchObject({
      result: 'refused',
      revision: -1,
      position: -1n,
      appended: [],
    })
    const { position } = await appendOk(store, 'sum-1', eventsUpTo(3))
    expect(await handler.handle('sum-1', () => ({ events: [], result: 'refused' }))).toMatchObject({
      revision: 2,
      position,
      appended: [],
      state: { total: 3 },
    })
    expect(await store.head()).toBe(position)
  })

  it('is decided again on what another writer was faster with', async () => {
    const store = createMemoryStore()
    let others = 3
    const handler = handlerOn(disturbed(store, async (stream) => others-- > 0 && appendOk(store, stream, [event(100)])))
    const handled = await handler.handle('sum-1', addOne())
    expect(handled).toMatchObject({ result: 300, revision: 3, state: { total: 301 } })
    expect(numbersOf(await collect(store.readStream('sum-1')))).toEqual([100, 100, 100, 1])
  })

  it('gives up when others are always faster', async () => {
    const store = createMemoryStore()
    const handler = handlerOn(
      disturbed(store, (stream) => appendOk(store, stream, [event(100)])),
      { maxAttempts: 5 },
    )
    const giving = handler.handle('sum-1', addOne())
    await expect(giving).rejects.toThrow(ConcurrencyExhausted)
    await expect(giving).rejects.toThrow(StoreUnavailable)
    expect(numbersOf(await collect(store.readStream('sum-1')))).toEqual([100, 100, 100, 100, 100])
  })

  it('that another process wrote with the same id at the same moment is not claimed, and counts with what that one wrote', async () => {
    const store = createMemoryStore()
    const handler = handlerOn(
      disturbed(store, (stream, [mine]) => appendOk(store, stream, [event(7, { id: mine!.id }), event(8)], 'noStream')),
    )
    const handled = await handler.handle('sum-1', addOne())
    expect(handled).toMatchObject({ appended: [], state: { total: 15 }, revision: 1 })
    expect(await handler.load('sum-1')).toMatchObject({ state: { total: 15 }, revision: 1 })
  })

  it('takes its turn with others on the same stream: none is lost, and none meets a conflict', async () => {
    const store = createMemoryStore()
    const handler = handlerOn(store, { maxAttempts: 1 })
    const handled = await Promise.all(Array.from({ length: 50 }, () => handler.handle('sum-1', addOne())))
    expect(handled.map(({ result }) => result)).toEqual(Array.from({ length: 50 }, (_, n) => n))
  })

  it('leaves the next in line alone when its decision throws', async () => {
    const handler = handlerOn(createMemoryStore())
    const broken = handler.handle('sum-1', () => {
      throw new Error('a defect')
    })
    const next = handler.handle('sum-1', addOne())
    await expect(broken).rejects.toThrow('a defect')
    expect(await next).toMatchObject({ state: { total: 1 } })
  })
})

describe('an append whose outcome is unknown', () => {
  it.each([{ written: true }, { written: false }])(
    'was it written ($written), the repetition writes it once in all',
    async ({ written }) => {
      const store = createMemoryStore()
      let failing = true
      const handler = handlerOn({
        ...store,
        append: async (...args) => {
          if (!failing || written) {
            const result = await store.append(...args)
            if (!failing) return result
          }
          failing = false
          throw new StoreUnavailable('the connection is gone')
        },
      })
      const once = addOne('0b0f2a1e-0000-4000-8000-000000000001')
      await expect(handler.handle('sum-1', once)).rejects.toThrow(StoreUnavailable)
      expect(await handler.handle('sum-1', once)).toMatchObject({ state: { total: 1 }, revision: 0 })
      expect(await collect(store.readStream('sum-1'))).toHaveLength(1)
    },
  )
})

describe('the cache of folded streams', () => {
  it('reads only what is new of a stream that it holds, and not what it wrote itself', async () => {
    const { store, read } = counting(createMemoryStore())
    const handler = handlerOn(store)
    await appendOk(store, 'sum-1', eventsUpTo(5_000))
    expect(await handler.load('sum-1')).toMatchObject({ revision: 4_999 })
    read.length = 0
    await appendOk(store, 'sum-1', [event(1)])
    expect(await handler.load('sum-1')).toMatchObject({ revision: 5_000, state: { total: 12_497_501 } })
    await handler.handle('sum-1', addOne())
    expect(await handler.load('sum-1')).toMatchObject({ revision: 5_001 })
    expect(read).toEqual([5_000])
  })

  it('reads a stream once for all who ask at the same time', async () => {
    const { store, read } = counting(createMemoryStore())
    await appendOk(store, 'sum-1', eventsUpTo(100))
    const handler = handlerOn(store)
    const loaded = await Promise.all(Array.from({ length: 10 }, () => handler.load('sum-1')))
    expect(loaded.every(({ revision }) => revision === 99)).toBe(true)
    expect(read).toHaveLength(100)
  })

  it.each([
    { name: 'has room for one', options: { maxWeight: 1 } },
    { name: 'has room for none', options: { maxWeight: 1, weigh: () => 2 } },
  ])('is right also when it $name', async ({ options }) => {
    const handler = handlerOn(createMemoryStore(), options)
    for (let n = 0; n < 10; n += 1) await handler.handle(`sum-${n % 3}`, addOne())
    expect(await handler.load('sum-0')).toMatchObject({ state: { total: 4 }, revision: 3 })
    expect(await handler.load('sum-2')).toMatchObject({ state: { total: 3 }, revision: 2 })
  })

  it.each([
    { tells: true, certain: true },
    { tells: false, certain: true },
    { tells: false, certain: false },
  ])('agrees with the log, whatever several processes do to the same streams ($tells, $certain)', async ({ tells, certain }) => {
    const step = fc.record({
      process: fc.nat(2),
      stream: fc.nat(1),
      deed: fc.constantFrom('add', 'repeat', 'load'),
      id: fc.integer({ min: 0, max: 6 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), async (steps, maxWeight) => {
        const store = tells ? createMemoryStore() : tellingNothing(createMemoryStore())
        const processes = [0, 1, 2].map(() => handlerOn(store, { maxWeight }))
        await Promise.all(
          steps.map(async ({ process, stream, deed, id }) => {
            const handler = processes[process]!
            if (deed === 'load') return handler.load(`sum-${stream}`)
            return handler.handle(`sum-${stream}`, addOne(deed === 'repeat' ? `id ${id}` : randomUUID()), { certain })
          }),
        )
        for (const stream of ['sum-0', 'sum-1']) {
          const ids = (await collect(store.readStream(stream))).map(({ id }) => id)
          expect(new Set(ids).size).toBe(ids.length)
          for (const handler of processes) expect((await handler.load(stream)).state).toEqual({ total: ids.length, ids })
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
