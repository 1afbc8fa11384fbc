import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StoreUnavailable, type EventStore, type EventToAppend } from '#event-store'
import { createMemoryStore } from '../../../libs/event-store/test/memory-store.js'
import { createAppendAtEnd } from '../src/audit/append-at-end.js'

const event = (id: string = randomUUID()): EventToAppend => ({ id, type: 'Happened', data: {}, metadata: {} })
const idsOf = async (store: EventStore) => (await Array.fromAsync(store.readStream('s'))).map(({ id }) => id)

/** As EventStoreDB is: what comes again to any revision may be written twice. */
const forgetful = (store: EventStore): EventStore => ({
  ...store,
  recognisesAny: false,
  append: (stream, events, expected) => {
    if (expected === 'any') throw new Error('appended without an expectation')
    return store.append(stream, events, expected)
  },
})

describe.each([
  ['recognises what comes again', (store: EventStore) => store],
  ['does not recognise it', forgetful],
])('appending to the end of a stream of a store that %s', (_, of) => {
  it('given several who write at once, each of them many, then all stands there once', async () => {
    const store = of(createMemoryStore())
    const writers = [1, 2, 3].map(() => createAppendAtEnd(store, 's'))
    const events = Array.from({ length: 200 }, () => event())
    await Promise.all(events.map((each, i) => writers[i % 3]!(each)))
    expect((await idsOf(store)).toSorted()).toEqual(events.map(({ id }) => id).toSorted())
  })

  it('given a store that is away for a while, then who asks meanwhile is told, and who asks later is served', async () => {
    const memory = createMemoryStore()
    let away = false
    const store = of({
      ...memory,
      append: async (...args) => {
        if (away) throw new StoreUnavailable('away')
        return memory.append(...args)
      },
    })
    const append = createAppendAtEnd(store, 's')
    const [first, second, third] = [event(), event(), event()]
    await append(first)
    away = true
    const results = await Promise.allSettled([append(second), append(event())])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    away = false
    await append(third)
    expect(await idsOf(store)).toEqual([first.id, third.id])
  })

  it('given appends that were written though the store said it is away, then those who come after stand there once all the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), async (losesAnswer) => {
        const memory = createMemoryStore()
        let loses = false
        const store = of({
          ...memory,
          append: async (...args) => {
            const result = await memory.append(...args)
            if (loses) throw new StoreUnavailable('the answer was lost')
            return result
          },
        })
        const append = createAppendAtEnd(store, 's')
        const ids: string[] = []
        for (const lost of losesAnswer) {
          loses = lost
          const next = event()
          ids.push(next.id)
          expect(
            await append(next).then(
              () => true,
              () => false,
            ),
          ).toBe(!lost)
        }
        expect(await idsOf(memory)).toEqual(ids)
      }),
      { numRuns: 100 },
    )
  })
})
