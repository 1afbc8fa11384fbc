import fc from 'fast-check'
import { expect, it } from 'vitest'
import { StoreUnavailable, type EventStore } from '#event-store'
import { createMemoryStore } from '../../../libs/event-store/test/memory-store.js'
import { migrateLog } from '../src/migrate/migrate-log.js'
import { contentOf, silent } from './migrate-fixture.js'

/** Any log: appends of one or several events, to streams of several kinds that take turns in any way. */
const logs = fc.array(
  fc.record({
    stream: fc.constantFrom('room-a', 'room-b', 'room-a-b', 'callbackQuarantine-x', 'erasures', 'idempotency-1', 'other'),
    events: fc.array(
      fc.record({
        id: fc.uuid(),
        type: fc.constantFrom('RoomCreated', 'OwnerChanged'),
        data: fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue() as fc.Arbitrary<string>),
        metadata: fc.record({ recordedAt: fc.string(), salt: fc.string() }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  }),
  { maxLength: 25 },
)

/** A process that is killed at an append: before it reached the store, or when it was written but not acknowledged. */
const killedAt = (store: EventStore, appends: number, written: boolean): EventStore => {
  let left = appends
  return {
    ...store,
    append: async (...append) => {
      left -= 1
      if (left >= 0) return store.append(...append)
      if (written) await store.append(...append)
      throw new StoreUnavailable('killed')
    },
  }
}

const kills = fc.array(fc.record({ appends: fc.nat(12), written: fc.boolean() }), { maxLength: 4 })

it('given any log and a target with other streams, when it is killed again and again, then the target ends with the same log', async () => {
  await fc.assert(
    fc.asyncProperty(logs, kills, async (log, kills) => {
      const [source, target] = [createMemoryStore(), createMemoryStore()]
      const ids = new Set<string>()
      for (const { stream, events } of log) {
        const fresh = events.filter(({ id }) => !ids.has(id) && ids.add(id))
        if (fresh.length > 0) await source.append(stream, fresh, 'any')
      }
      const foreign = { id: crypto.randomUUID(), type: 'Noted', data: {}, metadata: {} }
      await target.append('unrelated-stream', [foreign], 'noStream')

      for (const { appends, written } of kills) {
        await migrateLog(source, killedAt(target, appends, written), silent).catch((error: Error) => {
          if (error.message !== 'killed') throw error
        })
        await target.append('unrelated-stream', [{ ...foreign, id: crypto.randomUUID() }], 'any')
      }
      const migrated = await migrateLog(source, target, silent)

      const expected = await contentOf(source)
      expect((await contentOf(target)).filter(({ stream }) => stream !== 'unrelated-stream')).toEqual(expected)
      expect(migrated).toMatchObject({ difference: undefined, source: { count: expected.length }, target: migrated.source })
      expect(migrated.found + migrated.copied).toBe(expected.length)
    }),
    { numRuns: 1_000 },
  )
}, 120_000)
