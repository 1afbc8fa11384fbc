import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createMemoryStore } from '../../event-store/test/memory-store.js'
import { eventually } from '../../../test/support/eventually.js'
import type { EventStore } from '#event-store'
import { openEsdbEventStore } from '#event-store-esdb'
import { startDouble } from '../../../test/double/index.js'
import {
  adoptKey,
  checkpointBody,
  createAuditor,
  openCheckpoint,
  openCheckpointStream,
  openSink,
  rotationStatement,
  signNote,
  type Auditor,
  type AuditorOptions,
  type CheckpointSink,
} from '../src/index.js'
import { adoptedKey, caughtUp, folderForTest, following, origin, record, rootByHand } from './support/ledger.js'

type Key = Awaited<ReturnType<typeof adoptedKey>>

/** An auditor of the store, with a tree of its own. */
const auditorOf = async (store: EventStore, key: Key, options: Partial<AuditorOptions> = {}) => {
  const auditLog = await following(store)
  const messages: string[] = []
  const auditor = createAuditor({
    auditLog,
    store,
    origin,
    ...key,
    intervalMs: 60_000,
    now: () => new Date().toISOString(),
    log: (_, message) => void messages.push(message),
    ...options,
  })
  onTestFinished(() => auditor.stop())
  return Object.assign(auditor, { messages, auditLog })
}
const signed = (store: EventStore) => openCheckpointStream(store, () => '').page(500)
const sizesIn = async (store: EventStore): Promise<number[]> => (await signed(store)).map(({ size }) => size).toReversed()
const refusalOf = (auditor: Auditor) =>
  auditor.checkpointNow().then(
    () => undefined,
    (error: unknown) => error,
  )

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

describe('the sink', () => {
  const noteOf = (key: Key, size: number, root: Buffer, name = origin): string =>
    signNote(checkpointBody({ origin: name, size, root }), { name: origin, privateKey: key.privateKey })
  const given = async (events = 3) => {
    const store = createMemoryStore()
    const key = await adoptedKey(store)
    await record(store, ...Array.from({ length: events }, () => 'room-a'))
    const folder = join(folderForTest(), 'sink')
    return { store, key, folder, sink: openSink(folder) }
  }
  const filesIn = (folder: string): string[] => readdirSync(folder).toSorted()
  const latestIn = (folder: string): string => readFileSync(join(folder, 'latest.txt'), 'utf8')

  it('given a directory, then each checkpoint is there under its size, and the last one as latest', async () => {
    const { store, key, folder, sink } = await given()
    const auditor = await auditorOf(store, key, { sink })
    await auditor.checkpointNow()
    await record(store, 'room-a')
    const { note } = await auditor.checkpointNow()
    expect(filesIn(folder)).toEqual(['checkpoint-3.txt', 'checkpoint-4.txt', 'latest.txt'])
    expect([latestIn(folder), auditor.status().sinkFailure]).toEqual([note, undefined])
  })

  it('given one that is larger than the log, then nothing is signed, the reason says why, and it is gone when the log is back', async () => {
    const { store, key, folder, sink } = await given()
    const complete = createMemoryStore()
    const events = await Array.fromAsync(store.readAll({ prefixes: ['room-'] }))
    for (const { id, type, data, metadata } of events) await complete.append('room-a', [{ id, type, data, metadata }], 'any')
    await record(complete, 'room-z')
    mkdirSync(folder)
    writeFileSync(join(folder, 'latest.txt'), noteOf(key, 4, (await rootByHand(complete)).root))

    const auditor = await auditorOf(store, key, { sink })
    expect(await refusalOf(auditor)).toMatchObject({
      kind: 'inconsistent',
      message: expect.stringMatching(/4 events, the log has 3.*restored backup/),
    })
    expect(await sizesIn(store)).toEqual([])
    expect(auditor.status().refused).toMatchObject({ kind: 'inconsistent' })
    const [, , , missing] = await Array.fromAsync(complete.readAll())
    const { id, type, data, metadata } = missing!
    await store.append('room-z', [{ id, type, data, metadata }], 'any')
    expect(await auditor.checkpointNow()).toMatchObject({ size: 4 })
    expect([auditor.status().refused, auditor.messages.at(-1)]).toEqual([undefined, 'checkpoints are signed again'])
  })

  it('given another root for the same events, then nothing is signed, however much has come since, and nothing at the end', async () => {
    const { store, key, folder, sink } = await given()
    mkdirSync(folder)
    writeFileSync(join(folder, 'latest.txt'), noteOf(key, 2, Buffer.alloc(32, 7)))
    const auditor = await auditorOf(store, key, { sink })
    auditor.start()
    await eventually(
      () => auditor.status().refused,
      (refused) => refused?.kind === 'inconsistent',
    )
    await auditor.stop()
    expect([await sizesIn(store), filesIn(folder)]).toEqual([[], ['latest.txt']])
  })

  it.each<[string, (key: Key, foreign: Key) => string]>([
    ['a text', () => 'hello'],
    ['nothing', () => ''],
    ['a checkpoint of another key', (_, foreign) => noteOf(foreign, 1, Buffer.alloc(32))],
    ['a checkpoint of another log', (key) => noteOf(key, 1, Buffer.alloc(32), 'another.log')],
    ['a checkpoint that was altered', (key) => noteOf(key, 1, Buffer.alloc(32)).replace('\n1\n', '\n2\n')],
  ])('given %s in it, then nothing is signed', async (_, textOf) => {
    const { store, key, folder, sink } = await given()
    mkdirSync(folder)
    writeFileSync(join(folder, 'latest.txt'), textOf(key, await adoptedKey(createMemoryStore())))
    expect(await refusalOf(await auditorOf(store, key, { sink }))).toMatchObject({ kind: 'inconsistent' })
    expect(await sizesIn(store)).toEqual([])
  })

  it('given checkpoints in the store and no directory, then it is not mistaken for one that begins, until somebody makes it', async () => {
    const { store, key, folder, sink } = await given()
    await (await auditorOf(store, key, { sink })).checkpointNow()
    rmSync(folder, { recursive: true })
    await record(store, 'room-a')
    const auditor = await auditorOf(store, key, { sink })
    expect(await refusalOf(auditor)).toMatchObject({ kind: 'sink-away', message: expect.stringContaining(folder) })
    mkdirSync(folder)
    await auditor.checkpointNow()
    expect(filesIn(folder)).toEqual(['checkpoint-4.txt', 'latest.txt'])
  })

  it('given one that is away: before it was heard nothing is signed, afterwards signing goes on, and what it missed it gets', async () => {
    const { store, key } = await given()
    let away = true
    const held = new Map<number | 'latest', string>()
    const orAway = () => (away ? Promise.reject(new Error('away')) : Promise.resolve())
    const sink: CheckpointSink = {
      name: 'held',
      latest: async () => (await orAway(), held.get('latest')),
      put: async (size, note) => void (await orAway(), held.set(size, note).set('latest', note)),
    }
    const auditor = await auditorOf(store, key, { sink })
    expect(await refusalOf(auditor)).toMatchObject({ kind: 'sink-away' })
    away = false
    await auditor.checkpointNow()
    away = true
    for (let n = 0; n < 3; n += 1) {
      await record(store, 'room-a')
      await auditor.checkpointNow()
    }
    expect([auditor.status().refused, auditor.status().sinkFailure]).toEqual([undefined, 'away'])
    away = false
    await auditor.checkpointNow()
    expect([[...held.keys()], auditor.status().sinkFailure]).toEqual([[3, 'latest', 4, 5, 6], undefined])
  })
})

describe('a store that is not what was signed', () => {
  it('given an event that was altered since, when the tree is made anew, then nothing is signed', async () => {
    const store = createMemoryStore()
    const key = await adoptedKey(store)
    await record(store, 'room-a', 'room-b', 'room-c')
    await (await auditorOf(store, key)).checkpointNow()
    const altered: EventStore = {
      ...store,
      subscribe: async function* (options) {
        for await (const item of store.subscribe(options))
          yield !('caughtUp' in item) && item.stream === 'room-b' ? { ...item, data: { roomId: 'altered' } } : item
      },
    }
    const auditor = await auditorOf(altered, key)
    await caughtUp(auditor.auditLog)
    expect(await refusalOf(auditor)).toMatchObject({
      kind: 'inconsistent',
      message: expect.stringMatching(/the store has a checkpoint of 3 events with the root/),
    })
    expect(auditor.messages.join('\n')).toContain('made anew')
  })

  it('given a tree that alone is wrong, then it is made anew and signing goes on', async () => {
    const store = createMemoryStore()
    const key = await adoptedKey(store)
    await record(store, 'room-a', 'room-b', 'room-c')
    await (await auditorOf(store, key)).checkpointNow()
    let first = true
    const once: EventStore = {
      ...store,
      subscribe: async function* (options) {
        const alters = first
        first = false
        for await (const item of store.subscribe(options))
          yield alters && !('caughtUp' in item) ? { ...item, data: { roomId: 'altered' } } : item
      },
    }
    const auditor = await auditorOf(once, key)
    await record(store, 'room-d')
    expect(await auditor.checkpointNow()).toMatchObject(await rootByHand(store))
    expect(auditor.status().refused).toBeUndefined()
  })
})
