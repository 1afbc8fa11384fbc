import { describe, expect, it, onTestFinished } from 'vitest'
import { createMemoryStore } from '../../event-store/test/memory-store.js'
import { eventually } from '../../../test/support/eventually.js'
import type { EventStore } from '#event-store'
import { openEsdbEventStore } from '#event-store-esdb'
import { startDouble } from '../../../test/double/index.js'
import { adoptKey, openCheckpoint, openCheckpointStream, rotationStatement } from '../src/index.js'
import { adoptedKey, origin, record, rootByHand } from './support/ledger.js'
import { auditorOf, refusalOf, signed, sizesIn } from './support/auditor.js'

describe('checkpoints', () => {
  it('given events, when one is asked for, then it is of exactly what is in the log, signed, and the last one until more comes', async () => {
    const store = createMemoryStore()
    const key = await adoptedKey(store)
    const auditor = await auditorOf(store, key)
    await record(store, 'room-a', 'others', 'room-b', 'auditAccess')
    const { size, root } = await rootByHand(store)
    const checkpoint = await auditor.checkpointNow()
    expect(checkpoint).toMatchObject({ size: 3, root })
    expect(openCheckpoint(checkpoint.note, [key.verifier])).toMatchObject({ ok: true, checkpoint: { origin, size, root } })
    expect((await auditor.checkpointNow()).note).toBe(checkpoint.note)
    await record(store, 'others')
    await auditor.checkpointNow()
    expect(await sizesIn(store)).toEqual([3])
    await record(store, 'room-c')
    await auditor.checkpointNow()
    expect(await sizesIn(store)).toEqual([3, 4])
    expect(await openCheckpointStream(store, () => '').ofSize(4)).toMatchObject({ size: 4, revision: 1 })
    expect(await openCheckpointStream(store, () => '').ofSize(2)).toBeUndefined()
  })

  it('given a log without events, then its checkpoint is of size 0, but none is signed by itself', async () => {
    const store = createMemoryStore()
    const auditor = await auditorOf(store, await adoptedKey(store), { intervalMs: 50 })
    auditor.start()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(await sizesIn(store)).toEqual([])
    expect(await auditor.checkpointNow()).toMatchObject({ size: 0 })
  })

  it('given a log that grows, then one is signed each interval while it does, and one at the end', async () => {
    const store = createMemoryStore()
    const key = await adoptedKey(store)
    const auditor = await auditorOf(store, key, { intervalMs: 100 })
    auditor.start()
    for (let n = 1; n <= 3; n += 1) {
      await record(store, 'room-a')
      await eventually(
        () => sizesIn(store),
        (sizes) => sizes.at(-1) === n,
      )
    }
    const times = (await signed(store)).map(({ createdAt }) => Date.parse(createdAt)).toReversed()
    for (const [n, time] of times.entries()) expect(time - (times[n - 1] ?? -Infinity)).toBeGreaterThanOrEqual(100)

    const slow = await auditorOf(store, key, { intervalMs: 3_600_000 })
    slow.start()
    await auditor.stop()
    await record(store, 'room-a')
    await slow.stop()
    expect(await sizesIn(store)).toEqual([1, 2, 3, 4])
  })

  const onServer = async (): Promise<EventStore> => {
    const double = await startDouble()
    const store = await openEsdbEventStore({ connectionString: double.url })
    onTestFinished(async () => {
      await store.close()
      await double.close()
    })
    return store
  }
  it.each<[string, () => Promise<EventStore>]>([
    ['in memory', async () => createMemoryStore()],
    ['on EventStoreDB', onServer],
  ])('given two instances with one key %s, then they sign one an interval together, and each size once', async (_, open) => {
    const store = await open()
    const key = await adoptedKey(store)
    const [a, b] = [await auditorOf(store, key, { intervalMs: 200 }), await auditorOf(store, key, { intervalMs: 200 })]
    a.start()
    b.start()
    for (let n = 0; n < 40; n += 1) {
      await record(store, 'room-a')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const times = (await signed(store)).map(({ createdAt }) => Date.parse(createdAt)).toReversed()
    expect(times.length).toBeGreaterThan(1)
    for (const [n, time] of times.entries()) expect(time - (times[n - 1] ?? -Infinity)).toBeGreaterThanOrEqual(200)
    const sizes = await sizesIn(store)
    expect(sizes).toEqual([...new Set(sizes)].toSorted((x, y) => x - y))
  })

  it('given another instance that signs a larger tree in between, then that checkpoint is the answer', async () => {
    const store = createMemoryStore()
    const key = await adoptedKey(store)
    const other = await auditorOf(store, key)
    let between = true
    const interrupted: EventStore = {
      ...store,
      append: async (stream, ...rest) => {
        if (stream === 'auditCheckpoints' && between) {
          between = false
          await record(store, 'room-b')
          await other.checkpointNow()
        }
        return store.append(stream, ...rest)
      },
    }
    await record(store, 'room-a')
    const { note, size } = await (await auditorOf(interrupted, key)).checkpointNow()
    expect([size, note, await sizesIn(store)]).toEqual([2, other.status().last?.note, [2]])
  })

  it('given many who ask two instances at once, while the log grows, then sizes only grow, and each answer is in the store', async () => {
    const store = createMemoryStore()
    const key = await adoptedKey(store)
    const auditors = [await auditorOf(store, key), await auditorOf(store, key)]
    const asked: Promise<{ note: string }>[] = []
    for (let n = 0; n < 30; n += 1) {
      await record(store, 'room-a')
      asked.push(auditors[n % 2]!.checkpointNow())
    }
    const notes = (await Promise.all(asked)).map(({ note }) => note)
    const kept = await signed(store)
    expect(notes.every((note) => kept.some((one) => one.note === note))).toBe(true)
    const sizes = await sizesIn(store)
    expect(sizes).toEqual([...new Set(sizes)].toSorted((x, y) => x - y))
    expect(sizes.at(-1)).toBe(30)
  })
})

describe('a key that another has replaced', () => {
  it('given an instance that goes on with the old one, then it signs nothing and says so', async () => {
    const store = createMemoryStore()
    const old = await adoptedKey(store)
    const auditor = await auditorOf(store, old)
    await record(store, 'room-a')
    await auditor.checkpointNow()
    const next = await adoptedKey(createMemoryStore())
    const at = new Date().toISOString()
    const statements = rotationStatement(
      { origin, from: old.verifier.vkey, to: next.verifier.vkey, at },
      { name: origin, privateKey: old.privateKey },
    )
    expect(await adoptKey({ store, verifier: next.verifier, statements, now: () => at })).toMatchObject({ ok: true })
    await record(store, 'room-a')
    expect(await refusalOf(auditor)).toMatchObject({ kind: 'key-replaced' })
    expect(await sizesIn(store)).toEqual([1])
    expect(await (await auditorOf(store, next)).checkpointNow()).toMatchObject({ size: 2 })
  })
})
