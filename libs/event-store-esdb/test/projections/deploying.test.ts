import { describe, expect, it } from 'vitest'
import { appendOk, event } from '../../../event-store/test/store-fixture.js'
import { engines } from '../engines.js'
import { counting, countsOf, entries, happen, workbench } from './workbench.js'

const soon = { timeout: 10_000, interval: 20 }

describe.each(engines)('deploying projections to $name', (engine) => {
  const bench = workbench(engine.use())

  it('given a server that has none of it, when an instance starts, then what happens is counted, and the status says so', async () => {
    const it = counting()
    const instance = await bench.started(it.definition)
    await happen(instance, it, 'a', 3)
    await expect.poll(() => countsOf(instance, it.stream('a')), soon).toEqual([1, 2, 3])
    await expect.poll(async () => (await instance.projections.status())[0]?.caughtUp, soon).toBe(true)
    expect(await instance.projections.status()).toMatchObject([
      { name: it.definition.name, status: 'Running', stateReason: null, position: 2n, head: 2n, epoch: 1, version: 1 },
    ])
  })

  it('given events that no handler is for, last of all, then it is caught up all the same', async () => {
    const it = counting()
    const instance = await bench.started(it.definition)
    const status = async () => (await instance.projections.status())[0]
    await appendOk(instance.store, `${it.tag}-b`, [event(1, { type: 'Unheard' })])
    await expect.poll(status, soon).toMatchObject({ caughtUp: true, position: -1n, head: -1n })
    await happen(instance, it, 'a', 2)
    await appendOk(instance.store, `${it.tag}-a`, [event(2, { type: 'Unheard' })])
    await expect.poll(() => countsOf(instance, it.stream('a')), soon).toHaveLength(2)
    await expect.poll(status, soon).toMatchObject({ caughtUp: true, position: 2n, head: 2n, eventsProcessed: 2 })
  })

  it('given it is deployed, when it is deployed again, then nothing is done', async () => {
    const it = counting()
    await bench.started(it.definition)
    expect((await bench.started(it.definition)).said).toEqual([])
  })

  it('given four instances, when all start at once, then all are content and each event is counted once', async () => {
    const it = counting()
    const instances = await Promise.all([1, 2, 3, 4].map(() => bench.instance(it.definition)))
    await Promise.all(instances.map(({ projections }) => projections.start()))
    const [one] = instances
    await happen(one!, it, 'a', 50)
    await expect.poll(() => countsOf(one!, it.stream('a')), soon).toHaveLength(50)
    expect(await one!.projections.status()).toMatchObject([{ status: 'Running', epoch: 1 }])
  })

  it('given a new text of the same version, when it is deployed, then it goes on with what was counted', async () => {
    const it = counting()
    const before = await bench.started(it.definition)
    await happen(before, it, 'a', 2)
    await expect.poll(() => countsOf(before, it.stream('a')), soon).toEqual([1, 2])
    const after = await bench.started(it.define(1, 'second'))
    await happen(after, it, 'a', 1)
    await expect.poll(() => countsOf(after, it.stream('a')), soon).toEqual([1, 2, 3])
    expect((await entries(after, it.stream('a'))).map(({ data }) => data)).toEqual([
      { n: 1, by: 'first' },
      { n: 2, by: 'first' },
      { n: 3, by: 'second' },
    ])
    expect(await after.projections.status()).toMatchObject([{ epoch: 1, version: 1 }])
  })

  it('given a new version, when four instances deploy it at once, then all is counted anew and nothing old is shown', async () => {
    const it = counting()
    const before = await bench.started(it.definition)
    await happen(before, it, 'a', 2)
    await happen(before, it, 'b', 2)
    await expect.poll(() => countsOf(before, it.stream('b')), soon).toEqual([1, 2])
    const second = it.define(2, 'second', (source) => source.replace('state.n += 1', "state.n += 1; if (event.data.room === 'b') return"))
    const instances = await Promise.all([1, 2, 3, 4].map(() => bench.instance(second)))
    await Promise.all(instances.map(({ projections }) => projections.start()))
    const after = instances[0]!
    await expect
      .poll(() => entries(after, it.stream('a')), soon)
      .toMatchObject([
        { revision: 2, data: { n: 1, by: 'second' } },
        { revision: 3, data: { n: 2, by: 'second' } },
      ])
    expect(await entries(after, it.stream('b'))).toEqual([])
    expect(await entries(after, it.stream('b'), { direction: 'backwards', limit: 1 })).toEqual([])
    const [status] = await after.projections.status()
    expect(status).toMatchObject({ status: 'Running', version: 2 })
    expect(status!.epoch).toBeGreaterThan(1)
  })

  it('given a newer version at the server, when an older release starts, then the newer one stays', async () => {
    const it = counting()
    const newer = await bench.started(it.define(2, 'newer'))
    const older = await bench.started(it.definition)
    await happen(older, it, 'a', 1)
    await expect.poll(() => entries(older, it.stream('a')), soon).toMatchObject([{ data: { by: 'newer' } }])
    expect(await newer.projections.status()).toMatchObject([{ epoch: 1, version: 2 }])
    expect(await older.projections.status()).toMatchObject([{ epoch: 1, version: 2 }])
  })

  it('given an instance that died after it sent the new text, when another starts, then it is counted anew', async () => {
    const it = counting()
    const before = await bench.started(it.definition)
    await happen(before, it, 'a', 2)
    await expect.poll(() => countsOf(before, it.stream('a')), soon).toEqual([1, 2])
    const hand = bench.meddler()
    const { name } = it.definition
    await hand.disableProjection(name)
    await hand.updateProjection(name, `// room-ledger projection ${name}, version 2\n${it.define(2, 'second').source}`, {
      emitEnabled: true,
    })
    const after = await bench.started(it.define(2, 'second'))
    expect(after.said).toEqual(['reset is done', 'enable is done'])
    await expect.poll(() => entries(after, it.stream('a')), soon).toMatchObject([{ data: { n: 1, by: 'second' } }, { data: { n: 2 } }])
  })

  it('given somebody stopped it, then its status says Stopped; when an instance starts, then it runs again', async () => {
    const it = counting()
    const before = await bench.started(it.definition)
    await bench.meddler().disableProjection(it.definition.name)
    await expect.poll(async () => (await before.projections.status())[0]?.status, soon).toBe('Stopped')
    const after = await bench.started(it.definition)
    await expect.poll(async () => (await after.projections.status())[0]?.status, soon).toBe('Running')
  })

  it('given one that is not there, then its status says so; when it is deployed after a deletion, then it runs', async () => {
    const it = counting()
    const instance = await bench.instance(it.definition)
    expect(await instance.projections.status()).toMatchObject([{ status: 'Stopped', stateReason: 'it is not deployed', epoch: 0 }])
    await instance.projections.start()
    const hand = bench.meddler()
    await hand.disableProjection(it.definition.name)
    await hand.deleteProjection(it.definition.name)
    await expect.poll(async () => (await instance.projections.status())[0]?.stateReason, soon).toBe('it is not deployed')
    await instance.projections.start()
    await expect.poll(async () => (await instance.projections.status())[0]?.status, soon).toBe('Running')
  })
})
