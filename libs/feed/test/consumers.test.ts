import { beforeEach, describe, expect, it } from 'vitest'
import { ConcurrencyExhausted, type EventStore } from '#event-store'
import { createMemoryStore } from '../../event-store/test/memory-store.js'
import { createConsumers, createFeed, mostConsumers, type Consumers, type Feed } from '../src/index.js'
import { placeAt, recorded, write } from './given.js'

const name = 'one'
const wanted = { name, from: 'start', cursor: 'start', types: undefined, createdBy: { kind: 'apiKey', id: 'me' } }

let store: EventStore
let feed: Feed
let consumers: Consumers
const over = (other: EventStore): Consumers => createConsumers({ store: other, locate: feed.locate, now: () => '2026-03-26T17:29:16.000Z' })
beforeEach(async () => {
  store = createMemoryStore()
  feed = createFeed({ store })
  consumers = over(store)
  await write(store, 'room-a', recorded(), recorded(), recorded())
})
/** The cursor of the n-th event, from 1. */
const cursorOf = async (n: number): Promise<string> => {
  const from = await placeAt(feed, 'start')
  return (await feed.page({ from, filter: {}, limit: n, waitMs: 0, signal: new AbortController().signal })).place.cursor
}
const place = async (n: number) => placeAt(feed, await cursorOf(n))
/** Does something once, directly before an append to a consumer's own stream. */
const interrupted = (by: () => Promise<unknown>, times = 1): EventStore => ({
  ...store,
  append: async (stream, ...rest) => {
    if (stream.startsWith('feedConsumer-') && (times -= 1) >= 0) await by()
    return store.append(stream, ...rest)
  },
})

describe('the registry of consumers', () => {
  it('given a name for the first time, then it is registered; given it again, then only the same settings are taken as done', async () => {
    const types = ['OwnerChanged', 'RoomCreated']
    expect(await consumers.register({ ...wanted, types })).toBe('new')
    expect(await consumers.register({ ...wanted, types: [...types, ...types].toReversed(), cursor: 'another by now' })).toBe('same')
    expect(await consumers.register({ ...wanted, types: ['OwnerChanged'] })).toBe('exists')
    expect(await consumers.register(wanted)).toBe('exists')
    expect(await consumers.register({ ...wanted, types, from: 'now' })).toBe('exists')
    expect((await over(store).find(name))?.registration).toMatchObject({
      from: 'start',
      cursor: 'start',
      types,
      createdBy: wanted.createdBy,
    })
  })

  it('given as many as there may be, then one more is refused until one goes', async () => {
    for (let n = 0; n < mostConsumers; n += 1) expect(await consumers.register({ ...wanted, name: `n${n}` })).toBe('new')
    expect(await consumers.register(wanted)).toBe('too-many')
    expect(await consumers.register({ ...wanted, name: 'n7' })).toBe('same')
    expect(await consumers.remove('n7', null)).toBe(true)
    expect(await consumers.remove('n7', null)).toBe(false)
    expect(await consumers.register(wanted)).toBe('new')
  })

  it('given one name at two instances at the same time, then one of them registers it', async () => {
    const both = await Promise.all([consumers, over(store)].map((one, at) => one.register({ ...wanted, from: ['start', 'now'][at]! })))
    expect(both.toSorted()).toEqual(['exists', 'new'])
  })
})

describe('how far a consumer is', () => {
  beforeEach(() => consumers.register(wanted))

  it('given nothing delivered, then nothing can be acknowledged but where it began', async () => {
    expect(await consumers.acknowledge(name, await place(1))).toEqual({ ok: false, problem: 'beyond-delivery' })
    expect(await consumers.acknowledge(name, await placeAt(feed, 'start'))).toEqual({ ok: true, acked: 'start', delivered: 'start' })
  })

  it('given a delivery, then all in it can be acknowledged, forwards only', async () => {
    const [first, second] = [await cursorOf(1), await cursorOf(2)]
    await consumers.delivering(name, await place(2))
    await consumers.delivering(name, await place(1))
    expect(await consumers.acknowledge(name, await place(3))).toEqual({ ok: false, problem: 'beyond-delivery' })
    expect(await consumers.acknowledge(name, await place(1))).toEqual({ ok: true, acked: first, delivered: second })
    expect(await consumers.acknowledge(name, await place(2))).toEqual({ ok: true, acked: second, delivered: second })
    expect(await consumers.acknowledge(name, await place(1))).toEqual({ ok: false, problem: 'backwards' })
    expect((await over(store).find(name))?.progress).toEqual({ acked: second, delivered: second })
  })

  it('given what changes nothing, then nothing is written', async () => {
    await consumers.delivering(name, await place(2))
    await consumers.acknowledge(name, await place(1))
    const head = await store.head()
    await consumers.delivering(name, await place(2))
    await consumers.acknowledge(name, await place(1))
    expect(await store.head()).toBe(head)
  })

  it('given another instance that is faster, then nothing of what it wrote is lost', async () => {
    await consumers.delivering(name, await place(2))
    const slower = over(interrupted(async () => consumers.delivering(name, await place(3))))
    expect(await slower.acknowledge(name, await place(1))).toEqual({ ok: true, acked: await cursorOf(1), delivered: await cursorOf(3) })
  })

  it('given others that are always faster, then it gives up as if the store were away', async () => {
    await write(store, 'room-a', ...Array.from({ length: 30 }, () => recorded()))
    await consumers.delivering(name, await place(1))
    let at = 1
    const slower = over(interrupted(async () => consumers.delivering(name, await place((at += 1))), 30))
    await expect(slower.acknowledge(name, await place(1))).rejects.toThrow(ConcurrencyExhausted)
  })

  it('given one that is removed and registered again meanwhile, then what the former did is not the new one’s', async () => {
    const anew = async () => {
      await consumers.remove(name, null)
      await consumers.register(wanted)
    }
    await consumers.delivering(name, await place(2))
    await over(interrupted(anew)).acknowledge(name, await place(1))
    expect((await consumers.find(name))?.progress).toEqual({ acked: 'start', delivered: 'start' })
    // And the other way round: what the new one has written is not overwritten for the former.
    await consumers.delivering(name, await place(1))
    const slower = over(
      interrupted(async () => {
        await anew()
        await consumers.delivering(name, await place(1))
      }),
    )
    expect(await slower.delivering(name, await place(3))).toMatchObject({ ok: true })
    expect((await consumers.find(name))?.progress).toEqual({ acked: 'start', delivered: await cursorOf(3) })
  })

  it('given that this happens between two looks of one that moves it, then the new one’s place is kept all the same', async () => {
    await consumers.delivering(name, await place(1))
    let looks = 0
    const between: EventStore = {
      ...store,
      async *readStream(stream, options) {
        yield* store.readStream(stream, options)
        if (!stream.startsWith('feedConsumer') || (looks += 1) !== 1) return
        await consumers.remove(name, null)
        await consumers.register(wanted)
        await consumers.delivering(name, await place(3))
        await consumers.acknowledge(name, await place(2))
      },
    }
    await over(between).delivering(name, await place(2))
    expect((await consumers.find(name))?.progress).toEqual({ acked: await cursorOf(2), delivered: await cursorOf(3) })
  })

  it('given none of that name, then it is not known', async () => {
    await consumers.remove(name, null)
    expect(await consumers.find(name)).toBeUndefined()
    for (const moved of [await consumers.delivering(name, await place(1)), await consumers.acknowledge(name, await place(1))])
      expect(moved).toEqual({ ok: false, problem: 'unknown' })
  })

  it('given a stream of many steps, then only its last event is read', async () => {
    for (let n = 1; n <= 3; n += 1) {
      await consumers.delivering(name, await place(n))
      await consumers.acknowledge(name, await place(n))
    }
    let given = 0
    const counting: EventStore = {
      ...store,
      async *readStream(stream, options) {
        for await (const event of store.readStream(stream, options)) {
          if (stream === `feedConsumer-${name}`) given += 1
          yield event
        }
      },
    }
    await over(counting).find(name)
    expect(given).toBe(1)
  })

  it('given a log that lacks the event it stands at, then it is not moved', async () => {
    await consumers.delivering(name, await place(3))
    await consumers.acknowledge(name, await place(3))
    const lost = createMemoryStore()
    await write(lost, 'room-a', recorded())
    for (const stream of ['feedConsumers', `feedConsumer-${name}`])
      for await (const event of store.readStream(stream)) await lost.append(stream, [event], 'any')
    const other = createFeed({ store: lost })
    const astray = createConsumers({ store: lost, locate: other.locate, now: () => '' })
    expect(await astray.acknowledge(name, await placeAt(other, 'start'))).toEqual({ ok: false, problem: 'another-ledger' })
  })
})
