import { describe, expect, it } from 'vitest'
import type { EventStore } from '#event-store'
import { createMemoryStore } from '../../event-store/test/memory-store.js'
import { openDirectory } from '../src/index.js'
import { eventually } from '../../../test/support/eventually.js'
import { caughtUp, folderForTest, following, itemsOf, storeForTest } from './support/open.js'
import { created, record, roomEvent, updated } from './support/room-events.js'

const recordRoom = (store: EventStore, id: string): Promise<void> => record(store, id, roomEvent(created(id, 'anna'), 0))

describe('following the log', () => {
  it('given a log that grows, when waited for a position, then true once it is in, and false when it does not come in time', async () => {
    const store = await storeForTest()
    const directory = await following(store)
    await recordRoom(store, 'r1')
    expect(await directory.waitFor(await store.head(), 10_000)).toBe(true)
    expect(itemsOf(directory.listRooms({ limit: 9 }))).toHaveLength(1)
    expect(await directory.waitFor((await store.head()) + 1n, 20)).toBe(false)
    expect(await directory.waitFor(-1n, 0)).toBe(true)

    const early = directory.waitFor((await store.head()) + 2n, 10_000)
    await recordRoom(store, 'r2')
    await recordRoom(store, 'r3')
    expect(await early).toBe(true)
  })

  it('given events of other streams at the end of the log, when caught up, then they count as looked at', async () => {
    const store = await storeForTest()
    await recordRoom(store, 'r1')
    await store.append('callbackKept-x', [roomEvent(updated('x', {}), 0)], 'any')
    await store.append('roomHistory-r1', [roomEvent(updated('r1', {}), 0)], 'any')
    const directory = await following(store)
    await caughtUp(directory)
    expect(directory.status()).toEqual({ position: 3n, head: 3n, caughtUp: true })
    expect(itemsOf(directory.listRooms({ limit: 9 }))).toHaveLength(1)
  })

  it('given an empty log, when caught up, then the lists are empty', async () => {
    const directory = await following(await storeForTest())
    await caughtUp(directory)
    await eventually(() => directory.status().caughtUp)
    expect(directory.listRooms({ limit: 9 })).toEqual({ ok: true, items: [], nextCursor: null })
    expect(directory.listOperations({ limit: 9 })).toEqual({ ok: true, items: [], nextCursor: null })
    expect(directory.ownerships('anna', { limit: 9 })).toEqual({ ok: true, items: [], nextCursor: null })
  })

  it('given a store that fails now and then, when it answers again, then nothing is missing and the trouble was told', async () => {
    const memory = createMemoryStore()
    let troubles = 3
    const shaky: EventStore = {
      ...memory,
      async *subscribe(options) {
        for await (const item of memory.subscribe(options)) {
          yield item
          if (!('caughtUp' in item) && troubles > 0) {
            troubles -= 1
            throw new Error('the line broke')
          }
        }
      },
    }
    const directory = await following(shaky, { batchSize: 2 })
    for (let n = 0; n < 20; n += 1) await recordRoom(memory, `r${n}`)
    await caughtUp(directory)
    expect(itemsOf(directory.listRooms({ limit: 99 }))).toHaveLength(20)
    expect(directory.messages.filter((message) => message.includes('the line broke'))).toHaveLength(3)
  })

  it('given an event of a newer version, when it is met, then the index stops before it and says why, and others go on', async () => {
    const memory = createMemoryStore()
    const signals: (AbortSignal | undefined)[] = []
    const store: EventStore = { ...memory, subscribe: (options) => (signals.push(options?.signal), memory.subscribe(options)) }
    const directory = await following(store, { batchSize: 1 })
    await recordRoom(store, 'r1')
    await record(store, 'r2', roomEvent(created('r2', 'anna'), 0, { schema: 2 }))
    await eventually(() => directory.messages.length > 0)
    expect(directory.messages[0]).toContain('update Room Ledger')
    expect(itemsOf(directory.listRooms({ limit: 9 }))).toMatchObject([{ roomId: 'r1' }])
    expect(directory.status().caughtUp).toBe(false)
    // Every try asks anew; none of those that failed goes on reading.
    await eventually(() => signals.length === 3)
    expect(signals.slice(0, 2).map((signal) => signal?.aborted)).toEqual([true, true])
  })

  it('given a store that was closed first, when the index is stopped, then it ends at once, and waiters are told no', async () => {
    const store = createMemoryStore()
    const directory = await following(store)
    await caughtUp(directory)
    await store.close()
    await eventually(() => directory.messages.length > 0)
    const waiting = directory.waitFor(99n, 600_000)
    await directory.stop()
    expect(await waiting).toBe(false)
    await directory.stop()
  })

  it('given an index that is started twice, when events come, then it follows once', async () => {
    const memory = createMemoryStore()
    let subscriptions = 0
    const store: EventStore = { ...memory, subscribe: (options) => ((subscriptions += 1), memory.subscribe(options)) }
    const directory = await openDirectory({ file: `${folderForTest()}/directory.db`, store })
    await Promise.all([directory.start(), directory.start()])
    await caughtUp(directory)
    expect(subscriptions).toBe(1)
    await directory.stop()
    await directory.start()
    expect(subscriptions).toBe(1)
  })
})
