import { describe, expect, it } from 'vitest'
import { engines } from '../engines.js'
import { counting, countsOf, entries, happen, workbench } from './workbench.js'

const soon = { timeout: 10_000, interval: 20 }

describe.each(engines)('projections in trouble on $name', (engine) => {
  const bench = workbench(engine.use())

  it('given an event that the text cannot take, then the fault is named; given a mended text, when it is deployed, then it goes on', async () => {
    const it = counting()
    const instance = await bench.started(it.definition)
    await happen(instance, it, 'a', 1)
    await happen(instance, it, 'a', 1, { broken: true })
    await expect.poll(async () => (await instance.projections.status())[0]?.status, soon).toBe('Faulted')
    const [status] = await instance.projections.status()
    expect(status?.stateReason).toMatch(/cannot count a broken one/)
    expect(status?.stateReason).not.toContain('\n')
    expect(status?.caughtUp).toBe(false)
    await expect(instance.projections.rebuild(it.definition.name)).rejects.toThrow(/cannot count a broken one/)
    const mended = await bench.started(it.define(1, 'mended', (source) => source.replace('if (event.data.broken)', 'if (false)')))
    await expect.poll(() => countsOf(mended, it.stream('a')), soon).toEqual([1, 2])
    await expect.poll(() => mended.projections.status(), soon).toMatchObject([{ status: 'Running', stateReason: null, caughtUp: true }])
  })

  it('given a faulted one, when it is enabled, then it tries again; an unknown name is refused', async () => {
    const it = counting()
    const instance = await bench.started(it.definition)
    await happen(instance, it, 'a', 1, { broken: true })
    await expect.poll(async () => (await instance.projections.status())[0]?.status, soon).toBe('Faulted')
    await instance.projections.enable(it.definition.name)
    await expect.poll(async () => (await instance.projections.status())[0]?.stateReason, soon).toMatch(/cannot count/)
    await expect(instance.projections.enable('nobody')).rejects.toThrow('no projection is called nobody')
    await expect(instance.projections.rebuild('nobody')).rejects.toThrow('no projection is called nobody')
  })

  it('given a text that does not compile, when it is to be deployed, then it is refused before the server hears of it', async () => {
    const it = counting()
    await expect(bench.instance(it.define(1, 'x', (source) => source.slice(0, -4)))).rejects.toThrow(/counting-.*SyntaxError/)
    await expect(bench.instance(it.define(1, 'x', (source) => source.replace('fromCategory', 'fromKitchen')))).rejects.toThrow(
      /fromKitchen/,
    )
    const sound = await bench.instance(it.definition)
    expect(await sound.projections.status()).toMatchObject([{ stateReason: 'it is not deployed' }])
  })

  it('given somebody sent a text that does not compile, then the status says so; when an instance starts, then it is mended', async () => {
    const it = counting()
    const instance = await bench.started(it.definition)
    await happen(instance, it, 'a', 2)
    await expect.poll(() => countsOf(instance, it.stream('a')), soon).toEqual([1, 2])
    await bench.meddler().updateProjection(it.definition.name, 'fromCategory(', { emitEnabled: true })
    await expect.poll(async () => (await instance.projections.status())[0], soon).toMatchObject({ status: 'Faulted', stateReason: /./ })
    await instance.projections.start()
    await happen(instance, it, 'a', 1)
    await expect.poll(() => countsOf(instance, it.stream('a')), soon).toHaveLength(3)
    expect(await instance.projections.status()).toMatchObject([{ status: 'Running' }])
  })

  it('given a rebuild under way, when entries are read all the time, then they are of one epoch, begin at the first, and revisions go on', async () => {
    const it = counting()
    const instance = await bench.started(it.definition)
    const rooms = Array.from({ length: 40 }, (_, room) => String(room))
    for (const room of rooms) await happen(instance, it, room, 25)
    for (const room of rooms) await expect.poll(() => countsOf(instance, it.stream(room)), soon).toHaveLength(25)
    const over = new AbortController()
    const rebuilt = instance.projections.rebuild(it.definition.name).finally(() => over.abort())
    const odd: unknown[] = []
    for (let i = 0; !over.signal.aborted; i += 1) {
      const found = await entries(instance, it.stream(rooms[i % rooms.length]!))
      const numbers = found.map(({ data }) => (data as { n: number }).n)
      if (numbers.some((n, index) => n !== index + 1)) odd.push(numbers)
      if (found.some(({ revision }, index) => revision !== found[0]!.revision + index)) odd.push(found)
    }
    await rebuilt
    expect(odd).toEqual([])
    for (const room of rooms) {
      const found = await entries(instance, it.stream(room))
      expect(found.map(({ revision }) => revision)).toEqual(Array.from({ length: 25 }, (_, i) => i + 25))
    }
    expect(await instance.projections.status()).toMatchObject([{ epoch: 2, caughtUp: true, position: 999n, head: 999n }])
  })
})
