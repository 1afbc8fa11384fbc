import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { begin, caughtUp, counting, counts, faulted, file, read, store } from './embedded-bench.js'
import type { MemoryStore } from './memory-store.js'

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

  it('is begun anew when a bit of it was altered between two starts, anywhere', async () => {
    for (let i = 0; i < 20; i += 1) store.add('room-1', 'Happened')
    const sound = await caughtUp(await begin())
    const before = await counts(sound)
    await sound.stop()
    const whole = readFileSync(file)
    const sealText = readFileSync(`${file}-seal`)
    for (let place = 0; place < 20; place += 1) {
      const altered = Buffer.from(whole)
      altered[Math.floor((place / 20) * whole.length) + 70]! ^= 1 << (place % 8)
      writeFileSync(file, altered)
      writeFileSync(`${file}-seal`, sealText)
      const told: string[] = []
      const projections = await begin(undefined, undefined, ({ message }) => told.push(message))
      expect(await counts(await caughtUp(projections))).toEqual(before)
      expect(told).toContainEqual(expect.stringContaining(`${file} cannot be used and is rebuilt from the log`))
      await projections.stop()
    }
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
