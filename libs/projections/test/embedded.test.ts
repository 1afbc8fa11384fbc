import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEmbeddedProjections, type EmittedEvent, type ProjectionDefinition, type EmbeddedProjections } from '#projections'
import { createMemoryStore, type MemoryStore } from './memory-store.js'

const counting = (version = 1, extra = ''): ProjectionDefinition => ({
  name: 'counting',
  version,
  emits: true,
  source: `fromCategory('room').foreachStream().when({ $init: function () { return { n: 0 } }, Happened: function (s, e) {
    s.n += 1; ${extra}
    emit('count-' + e.streamId, 'Counted', { n: s.n, of: e.sequenceNumber })
  } })`,
})

let folder: string
let file: string
let store: MemoryStore
let started: EmbeddedProjections[]
const begin = async (
  definitions: readonly ProjectionDefinition[] = [counting()],
  over: MemoryStore = store,
): Promise<EmbeddedProjections> => {
  const projections = createEmbeddedProjections({ store: over, file, definitions })
  started.push(projections)
  await projections.start()
  return projections
}
const caughtUp = async (projections: EmbeddedProjections): Promise<EmbeddedProjections> => {
  expect(await projections.waitFor(await store.head(), 10_000)).toBe(true)
  return projections
}
const read = async (projections: EmbeddedProjections, ...args: Parameters<EmbeddedProjections['readEmitted']>): Promise<EmittedEvent[]> => {
  const events: EmittedEvent[] = []
  for await (const event of projections.readEmitted(...args)) events.push(event)
  return events
}
const counts = async (projections: EmbeddedProjections, stream = 'count-room-1') =>
  (await read(projections, stream)).map(({ revision, data }) => [revision, (data as { n: number }).n])
const faulted = async (projections: EmbeddedProjections) => {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    const found = (await projections.status()).find(({ status }) => status === 'Faulted')
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('no projection faulted')
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'projections-'))
  file = join(folder, 'out.db')
  store = createMemoryStore()
  started = []
})
afterEach(async () => {
  for (const projections of started) await projections.stop()
  rmSync(folder, { recursive: true })
})

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
      file = image
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
    store = createMemoryStore()
    store.add('room-7', 'Happened', {}, {}, 'another')
    const projections = await caughtUp(await begin())
    expect(await counts(projections)).toEqual([])
    expect(await counts(projections, 'count-room-7')).toEqual([[0, 1]])
  })
})

describe('faults', () => {
  const failing = counting(1, `if (e.eventId === 'id-1') throw new Error('cannot count that')`)

  it('stop that projection only, name the error, and stay until it is enabled', async () => {
    store.add('room-1', 'Happened')
    store.add('room-1', 'Happened')
    const projections = await begin([failing, { ...counting(), name: 'sound', source: counting().source.replaceAll('count-', 'other-') }])
    const status = await faulted(projections)
    expect(status).toMatchObject({
      name: 'counting',
      stateReason: expect.stringMatching(/cannot count that.*1@room-1/) as string,
      caughtUp: false,
    })
    await expect.poll(() => counts(projections, 'other-room-1')).toHaveLength(2)
    expect(await projections.waitFor(await store.head(), 10_000)).toBe(false)
    await projections.enable('counting')
    expect(await faulted(projections)).toMatchObject({ name: 'counting' })
  })

  it('are got over by a mended text after a restart', async () => {
    store.add('room-1', 'Happened')
    store.add('room-1', 'Happened')
    const projections = await begin([failing])
    await faulted(projections)
    await projections.stop()
    expect(await counts(await caughtUp(await begin()))).toHaveLength(2)
  })

  it('of a text that does not compile leave the others running', async () => {
    store.add('room-1', 'Happened')
    const projections = await begin([{ ...counting(), name: 'broken', source: 'fromAll(' }, counting()])
    expect(await faulted(projections)).toMatchObject({ name: 'broken', stateReason: expect.stringContaining('SyntaxError') as string })
    await expect.poll(() => counts(projections)).toHaveLength(1)
  })

  it('a projection that writes into a stream of another one faults, and nothing of that batch stays', async () => {
    store.add('room-1', 'Happened')
    await (await caughtUp(await begin())).stop()
    const second = { ...counting(1, `emit('mine', 'Counted', {});`), name: 'second' }
    const projections = await begin([counting(), second])
    expect(await faulted(projections)).toMatchObject({ stateReason: expect.stringContaining('belongs to projection') as string })
    await expect.poll(() => counts(projections)).toEqual([[0, 1]])
    store.add('room-1', 'Happened')
    await expect.poll(() => counts(projections)).toHaveLength(2)
    expect(await read(projections, 'mine')).toEqual([])
    expect((await counts(projections)).map(([revision]) => revision)).toEqual([0, 1])
  })

  it('a batch that together takes longer than one handler may is run one by one, not faulted', async () => {
    for (let i = 0; i < 4; i += 1) store.add('room-1', 'Happened')
    const slow = counting(1, 'var end = Date.now() + 100; while (Date.now() < end) {}')
    expect(await counts(await caughtUp(await begin([slow])))).toHaveLength(4)
  })

  it('a rebuild that ends in a fault says so', async () => {
    const projections = await caughtUp(await begin([failing]))
    store.add('room-1', 'Happened')
    store.add('room-1', 'Happened')
    await expect(projections.rebuild('counting')).rejects.toThrow('cannot count that')
  })
})

describe('the output file', () => {
  it('is deleted and rebuilt when it is damaged', async () => {
    for (let i = 0; i < 200; i += 1) store.add('room-1', 'Happened')
    await (await caughtUp(await begin())).stop()
    const bytes = readFileSync(file)
    bytes.fill(0x5a, 4096 * 2, bytes.length - 100)
    writeFileSync(file, bytes)
    expect(await counts(await caughtUp(await begin()))).toHaveLength(200)
  })

  it.each([
    ['is no database', () => writeFileSync(file, 'not a database, '.repeat(100))],
    ['is empty', () => writeFileSync(file, '')],
    ['has another format of ours', () => setFormat(file, 99)],
  ])('is begun anew when it %s', async (_, damage) => {
    store.add('room-1', 'Happened')
    damage()
    expect(await counts(await caughtUp(await begin()))).toEqual([[0, 1]])
  })

  it('is left alone when it is a database of something else', async () => {
    const other = new DatabaseSync(file)
    other.exec('CREATE TABLE precious (x)')
    other.close()
    await expect(begin()).rejects.toThrow(/something else/)
    expect(new DatabaseSync(file).prepare('SELECT count(*) AS n FROM precious').get()).toMatchObject({ n: 0 })
  })
})

const setFormat = (path: string, version: number): void => {
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA application_id = ${0x524c5052}; PRAGMA user_version = ${version}; CREATE TABLE projections (old)`)
  db.close()
}

describe('status and waiting', () => {
  it('tell position, head, epoch, version and the number of events', async () => {
    store.add('room-1', 'Happened')
    store.add('other-1', 'Happened')
    const projections = await caughtUp(await begin())
    expect(await projections.status()).toEqual([
      {
        name: 'counting',
        status: 'Running',
        stateReason: null,
        position: 10n,
        head: 10n,
        caughtUp: true,
        epoch: 1,
        version: 1,
        eventsProcessed: 1,
      },
    ])
    await projections.stop()
    expect(await projections.status()).toMatchObject([{ status: 'Stopped' }])
  })

  it('waitFor gives up when its time is over', async () => {
    const projections = await begin()
    expect(await projections.waitFor(999n, 20)).toBe(false)
  })

  it('the store going away is waited out, not a fault', async () => {
    store.add('room-1', 'Happened')
    let away = true
    const flaky: MemoryStore = {
      ...store,
      subscribe: (options) => {
        if (away) throw new Error('store away')
        return store.subscribe(options)
      },
    }
    const projections = await begin([counting()], flaky)
    await expect.poll(() => projections.status()).toMatchObject([{ status: 'Running', stateReason: 'store away' }])
    away = false
    await caughtUp(projections)
    expect(await projections.status()).toMatchObject([{ status: 'Running', stateReason: null }])
  })
})
