import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EventStore, EventToAppend } from '#event-store'
import { openEsdbEventStore } from '#event-store-esdb'
import { startDouble, type Double } from '../../../test/double/index.js'
import { createAppendOnce } from '../src/callbacks/set-aside.js'
import { createMemoryStore } from '../../../libs/event-store/test/memory-store.js'

const event = (n: number): EventToAppend => ({
  id: `0f2c6f0e-6a51-4c0b-9a44-${String(n).padStart(12, '0')}`,
  type: 'CallbackKept',
  data: { n },
  metadata: {},
})
const idsIn = async (store: EventStore, stream: string): Promise<string[]> =>
  (await Array.fromAsync(store.readStream(stream))).map(({ id }) => id)

describe('what is set aside stands once', () => {
  let double: Double
  let store: EventStore
  beforeEach(async () => {
    double = await startDouble()
    store = await openEsdbEventStore({ connectionString: double.url })
  })
  afterEach(async () => {
    await store.close()
    await double.close()
  })

  it('given a server that was started again, when an event comes again to another process, then it stands once', async () => {
    await createAppendOnce(store)('kept-a', event(1))
    await store.append('plain', [event(1)], 'any')
    await createAppendOnce(store)('kept-a', event(2))
    await double.stop()
    await double.start()
    await createAppendOnce(store)('kept-a', event(1))
    await store.append('plain', [event(1)], 'any')
    expect(await idsIn(store, 'kept-a')).toEqual([event(1).id, event(2).id])
    // The server itself has forgotten it.
    expect(await idsIn(store, 'plain')).toHaveLength(2)
  })

  it('given two processes, when the same events come to both at once, then each stands once', async () => {
    const both = [createAppendOnce(store), createAppendOnce(store)]
    await Promise.all(Array.from({ length: 30 }, (_, n) => both.map((once) => once('kept-b', event(n)))).flat())
    const ids = await idsIn(store, 'kept-b')
    expect(ids.toSorted()).toEqual(Array.from({ length: 30 }, (_, n) => event(n).id))
  })

  it('given a store that recognises what it has, then streams are not mixed up, and what comes again adds nothing', async () => {
    const memory = createMemoryStore()
    const once = createAppendOnce(memory)
    for (const n of [1, 2, 1]) await once('kept-c', event(n))
    await once('kept-d', event(1))
    expect(await idsIn(memory, 'kept-c')).toEqual([event(1).id, event(2).id])
    expect(await idsIn(memory, 'kept-d')).toEqual([event(1).id])
  })
})
