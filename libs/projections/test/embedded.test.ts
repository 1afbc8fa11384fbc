import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { EmbeddedProjections } from '#projections'
import { begin, caughtUp, counting, counts, faulted, file, folder, read, store, useFile, useStore } from './embedded-bench.js'
import { createMemoryStore } from './memory-store.js'

describe('embedded projections', () => {
  it('catch up with the log and then follow it', async () => {
    store.add('room-1', 'Happened')
    const projections = await caughtUp(await begin())
    expect(await counts(projections)).toEqual([[0, 1]])
    store.add('room-1', 'Happened')
    await caughtUp(projections)
    expect(await counts(projections)).toEqual([
      [0, 1],
      [1, 2],
    ])
  })

  it('say what caused an emitted event: $causedBy its source, $correlationId inherited', async () => {
    store.add('room-1', 'Happened', {}, { $correlationId: 'c-1' }, 'e-1')
    store.add('room-1', 'Happened', {}, {}, 'e-2')
    const entries = await read(await caughtUp(await begin()), 'count-room-1')
    expect(entries.map(({ metadata }) => metadata)).toEqual([{ $causedBy: 'e-1', $correlationId: 'c-1' }, { $causedBy: 'e-2' }])
  })

  it('give emitted events the same id each time they are computed', async () => {
    store.add('room-1', 'Happened')
    const first = await caughtUp(await begin())
    const [before] = await read(first, 'count-room-1')
    await first.stop()
    rmSync(file)
    const [after] = await read(await caughtUp(await begin()), 'count-room-1')
    expect(after!.id).toBe(before!.id)
    expect(after!.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/)
  })

  it('read emitted streams from both ends, from a revision, up to a limit, past a page', async () => {
    for (let i = 0; i < 1203; i += 1) store.add('room-1', 'Happened')
    const projections = await caughtUp(await begin())
    const revisions = async (...args: Parameters<EmbeddedProjections['readEmitted']>) =>
      (await read(projections, ...args)).map(({ revision }) => revision)
    expect(await revisions('count-room-1')).toEqual(Array.from({ length: 1203 }, (_, i) => i))
    expect(await revisions('count-room-1', { direction: 'backwards' })).toEqual(Array.from({ length: 1203 }, (_, i) => 1202 - i))
    expect(await revisions('count-room-1', { from: 5, limit: 2 })).toEqual([5, 6])
    expect(await revisions('count-room-1', { from: 5, limit: 2, direction: 'backwards' })).toEqual([5, 4])
    expect(await revisions('count-room-2')).toEqual([])
  })

  it('go on from the checkpoint after a restart, with the state they had', async () => {
    store.add('room-1', 'Happened')
    const first = await caughtUp(await begin())
    await first.stop()
    const head = await store.head()
    store.add('room-1', 'Happened')
    const second = await caughtUp(await begin())
    expect(store.begunAfter.at(-1)).toBe(head)
    expect(await counts(second)).toEqual([
      [0, 1],
      [1, 2],
    ])
  })

  it('keep a checkpoint too when nothing in the log was theirs', async () => {
    store.add('other-1', 'Happened')
    const first = await caughtUp(await begin())
    await first.stop()
    await caughtUp(await begin())
    expect(store.begunAfter).toEqual([-1n, 0n])
  })

  it('neither lose nor double an entry when a batch breaks off after any of its writes', async () => {
    for (let i = 0; i < 300; i += 1) store.add(`room-${i % 3}`, 'Happened')
    const broken = await begin([counting(1, `if (e.eventId === 'id-200') throw new Error('power cut')`)])
    await faulted(broken)
    await broken.stop()
    const projections = await caughtUp(await begin())
    for (const room of [0, 1, 2])
      expect(await counts(projections, `count-room-${room}`)).toEqual(Array.from({ length: 100 }, (_, i) => [i, i + 1]))
  })

  it('go on without loss or repeat from the files as they lie at any moment, which is what a killed process leaves', async () => {
    for (let i = 0; i < 2000; i += 1) store.add(`room-${i % 5}`, 'Happened')
    const images = mkdtempSync(join(folder, 'images-'))
    const first = await begin()
    const taken: string[] = []
    while (!(await first.waitFor(await store.head(), 0))) {
      const image = join(images, `${taken.length}.db`)
      for (const suffix of ['', '-wal']) copyFileSync(file + suffix, image + suffix)
      taken.push(image)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await first.stop()
    expect(taken.length).toBeGreaterThan(2)
    for (const image of taken.filter((_, i) => i % Math.ceil(taken.length / 10) === 0)) {
      useFile(image)
      const again = await caughtUp(await begin())
      for (let room = 0; room < 5; room += 1)
        expect(await counts(again, `count-room-${room}`)).toEqual(Array.from({ length: 400 }, (_, i) => [i, i + 1]))
      await again.stop()
    }
  })

  it('take over a changed text of the same version without computing anything again', async () => {
    store.add('room-1', 'Happened')
    await (await caughtUp(await begin())).stop()
    store.add('room-1', 'Happened')
    const projections = await caughtUp(await begin([counting(1, 's.n += 100;')]))
    expect(await counts(projections)).toEqual([
      [0, 1],
      [1, 102],
    ])
  })

  it('rebuild on a changed version: a new epoch, emitted again at later revisions', async () => {
    store.add('room-1', 'Happened')
    store.add('room-1', 'Happened')
    await (await caughtUp(await begin())).stop()
    const projections = await caughtUp(await begin([counting(2, 's.n += 10;')]))
    expect(await counts(projections)).toEqual([
      [2, 11],
      [3, 22],
    ])
    expect(await projections.status()).toMatchObject([{ epoch: 2, version: 2, eventsProcessed: 2 }])
  })

  it('rebuild when asked, resolve when caught up, and remove what the earlier epoch wrote', async () => {
    for (let i = 0; i < 500; i += 1) store.add('room-1', 'Happened')
    const projections = await caughtUp(await begin())
    await projections.rebuild('counting')
    expect((await counts(projections)).map(([revision]) => revision)).toEqual(Array.from({ length: 500 }, (_, i) => 500 + i))
    const rows = () => {
      const db = new DatabaseSync(file, { readOnly: true })
      const found = db.prepare('SELECT (SELECT count(*) FROM emitted) AS emitted, (SELECT count(*) FROM partitions) AS partitions').get()
      db.close()
      return { ...found }
    }
    await expect.poll(rows, { timeout: 10_000 }).toEqual({ emitted: 500, partitions: 1 })
    await expect(projections.rebuild('nobody')).rejects.toThrow('nobody')
  })

  it('begin again when the log is another one than they were computed from', async () => {
    store.add('room-1', 'Happened')
    await (await caughtUp(await begin())).stop()
    useStore(createMemoryStore())
    store.add('room-7', 'Happened', {}, {}, 'another')
    const projections = await caughtUp(await begin())
    expect(await counts(projections)).toEqual([])
    expect(await counts(projections, 'count-room-7')).toEqual([[0, 1]])
  })
})
