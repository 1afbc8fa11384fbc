import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../event-store/test/memory-store.js'
import { eventually } from '../../../test/support/eventually.js'
import type { EventStore } from '#event-store'
import { checkpointBody, openSink, signNote, type CheckpointSink } from '../src/index.js'
import { adoptedKey, caughtUp, folderForTest, origin, record, rootByHand } from './support/ledger.js'
import { auditorOf, refusalOf, sizesIn, type Key } from './support/auditor.js'

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
