import { randomUUID } from 'node:crypto'
import { NO_STREAM } from '@eventstore/db-client'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { engines } from '../engines.js'
import { bareClient, event } from './bare-client.js'

const soon = { timeout: 15_000, interval: 50 }
const message = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )

describe.each(engines)('projections on $name', (engine) => {
  const bare = bareClient(engine)
  const status = async (name: string) => (await bare.client.getProjectionStatus(name)).status

  /** Creates one that sums up a category of its own, and takes it away again. */
  const begin = async (text: (category: string) => string, emitEnabled = true) => {
    const category = `proj${randomUUID().replaceAll('-', '')}`
    const name = `${category}sum`
    // The server fails now and then when another one was just created or deleted.
    await vi.waitFor(() => bare.client.createProjection(name, text(category), { emitEnabled }), soon)
    onTestFinished(async () => {
      await message(bare.client.disableProjection(name, { deadline: 2_000 }))
      await message(bare.client.deleteProjection(name, { deadline: 2_000 }))
    })
    return { name, room: `${category}-1`, category }
  }
  const sum = (category: string) =>
    `fromCategory('${category}').foreachStream().when({
      $init: () => ({ n: 0 }),
      Counted: (s, e) => { s.n += e.data.n; emit('of-' + e.streamId, 'Summed', { n: s.n }, { own: 1 }) },
      Bad: () => { throw new Error('bang') },
    })`

  it('given events, then state follows a moment later, and what is emitted carries the marks of its projection', async () => {
    const { name, room, category } = await begin(sum)
    await bare.append(room, [event(1), event(2)], NO_STREAM)
    await vi.waitFor(async () => expect(await bare.client.getProjectionState(name, { partition: room })).toEqual({ n: 3 }), soon)
    const emitted = await vi.waitFor(() => bare.read(`of-${room}`), soon)
    const [cause] = await bare.read(room)
    expect(emitted.map(({ event }) => [event?.type, event?.data])).toEqual([
      ['Summed', { n: 1 }],
      ['Summed', { n: 3 }],
    ])
    expect(emitted[0]!.event!.metadata).toEqual({
      $v: expect.stringMatching(/^\d+:-1:0:4$/) as string,
      $s: { [`$ce-${category}`]: 0 },
      own: 1,
      $causedBy: cause!.event!.id,
    })
    // What it tells of itself lags behind what it does.
    await vi.waitFor(
      async () =>
        expect(await bare.client.getProjectionStatus(name)).toMatchObject({
          status: 'Running',
          stateReason: '',
          position: `$ce-${category}: 1`,
          epoch: -1n,
          version: 0n,
        }),
      soon,
    )
    expect(await bare.client.getProjectionState(name, { partition: 'nobody' })).toEqual({})
  })

  it('given a name that nobody has, then every call says NotFound; given one that is taken, Conflict', async () => {
    const nobody = `nobody${randomUUID()}`
    for (const call of [
      () => bare.client.getProjectionState(nobody),
      () => bare.client.getProjectionResult(nobody),
      () => bare.client.getProjectionStatus(nobody),
      () => bare.client.updateProjection(nobody, 'fromAll().when({})'),
      () => bare.client.enableProjection(nobody),
      () => bare.client.disableProjection(nobody),
      () => bare.client.resetProjection(nobody),
      () => bare.client.deleteProjection(nobody),
    ])
      expect(await message(call())).toMatch(/^2 UNKNOWN: Envelope callback expected \w+, received NotFound instead$/)
    const { name } = await begin(sum)
    expect(await message(bare.client.createProjection(name, sum('x')))).toBe(
      '2 UNKNOWN: Envelope callback expected Updated, received Conflict instead',
    )
  })

  it('given it is disabled, then it keeps its state and is not deleted before; enabled, it goes on', async () => {
    const { name, room } = await begin(sum)
    await bare.append(room, [event(1)], NO_STREAM)
    await vi.waitFor(async () => expect(await bare.client.getProjectionState(name, { partition: room })).toEqual({ n: 1 }), soon)
    expect(await message(bare.client.deleteProjection(name))).toMatch(/received OperationFailed instead$/)
    await bare.client.disableProjection(name)
    await vi.waitFor(async () => expect(await status(name)).toBe('Stopped'), soon)
    await bare.append(room, [event(2)], 0n)
    expect(await bare.client.getProjectionState(name, { partition: room })).toEqual({ n: 1 })
    await bare.client.enableProjection(name)
    await vi.waitFor(async () => expect(await bare.client.getProjectionState(name, { partition: room })).toEqual({ n: 3 }), soon)
    await bare.client.abortProjection(name)
    await vi.waitFor(async () => expect(await status(name)).toBe('Aborted/Stopped'), soon)
  })

  it('given another text, then the state is kept; given a reset, then all is emitted again at later revisions', async () => {
    const { name, room, category } = await begin(sum)
    await bare.append(room, [event(1), event(2)], NO_STREAM)
    await vi.waitFor(async () => expect(await bare.client.getProjectionState(name, { partition: room })).toEqual({ n: 3 }), soon)
    await bare.client.updateProjection(name, sum(category).replace('s.n +=', 's.n += 10 *'), { emitEnabled: true })
    await bare.append(room, [event(1)], 1n)
    await vi.waitFor(async () => expect(await bare.client.getProjectionState(name, { partition: room })).toEqual({ n: 13 }), soon)
    await vi.waitFor(async () => expect(await bare.read(`of-${room}`)).toHaveLength(3), soon)
    await bare.client.resetProjection(name)
    await vi.waitFor(async () => expect(await bare.client.getProjectionState(name, { partition: room })).toEqual({ n: 40 }), soon)
    await vi.waitFor(async () => {
      const emitted = await bare.read(`of-${room}`)
      expect(emitted.map(({ event }) => [event?.revision, event?.data])).toEqual([
        [3n, { n: 10 }],
        [4n, { n: 30 }],
        [5n, { n: 40 }],
      ])
      expect(emitted[0]!.event!.metadata).toMatchObject({ $v: expect.stringMatching(/^\d+:2:2:4$/) as string })
    }, soon)
    expect(await bare.client.getStreamMetadata(`of-${room}`)).toMatchObject({ metadata: { truncateBefore: 3 } })
    expect(await bare.client.getProjectionStatus(name)).toMatchObject({ epoch: 2n, version: 2n })
    const kept = await bare.read(`$projections-${name}`)
    expect(kept.map(({ event }) => event?.data)).toMatchObject([
      { enabled: true, emitEnabled: true, epoch: -1, version: 0 },
      { enabled: true, emitEnabled: true, epoch: -1, version: 1 },
      { enabled: true, emitEnabled: true, epoch: 2, version: 2 },
    ])
  })

  it('given a handler that throws, then it is faulted and says where and why, and still serves its state', async () => {
    const { name, room, category } = await begin(sum)
    await bare.append(room, [event(5), { ...event(0), type: 'Bad' }], NO_STREAM)
    await vi.waitFor(async () => expect(await status(name)).toBe('Faulted (Enabled)'), soon)
    const { stateReason } = await bare.client.getProjectionStatus(name)
    expect(stateReason).toContain(`Event Position: $ce-${category}: 1`)
    expect(stateReason).toMatch(/bang$/)
    expect(await bare.client.getProjectionState(name, { partition: room })).toEqual({ n: 5 })
  })

  it('given that it may not emit, then it is faulted once it does', async () => {
    const { name, room } = await begin(sum, false)
    await bare.append(room, [event(5)], NO_STREAM)
    await vi.waitFor(async () => expect(await status(name)).toBe('Faulted (Enabled)'), soon)
    expect((await bare.client.getProjectionStatus(name)).stateReason).toContain(
      "'emit' is not allowed by the projection/configuration/mode",
    )
  })

  it('given results, then they stand in the result stream, one for each change', async () => {
    const { name, category } = await begin(
      (category) => `fromCategory('${category}').when({ $init: () => ({ n: 0 }), Counted: (s, e) => { s.n += e.data.n } }).outputState()`,
      false,
    )
    await bare.append(`${category}-1`, [event(1), event(0), event(2)], NO_STREAM)
    await vi.waitFor(async () => expect(await bare.client.getProjectionResult(name)).toEqual({ n: 3 }), soon)
    const results = await vi.waitFor(() => bare.read(`$projections-${name}-result`), soon)
    expect(results.map(({ event }) => [event?.type, event?.data])).toEqual([
      ['Result', { n: 1 }],
      ['Result', { n: 3 }],
    ])
  })

  it('given a text that does not compile, then it is taken, and blinds the list until it is mended', async () => {
    const { name } = await begin(() => 'fromAll().when({')
    const thrown = '2 UNKNOWN: Exception was thrown by handler.'
    await vi.waitFor(async () => expect(await message(bare.client.getProjectionStatus(name))).toBe(thrown), soon)
    expect(await message(bare.client.listProjections())).toBe(thrown)
    expect(await message(bare.client.getProjectionState(name, { deadline: 500 }))).toMatch(/^4 DEADLINE_EXCEEDED/)
    await bare.client.updateProjection(name, 'fromAll().when({ Nothing: (s, e) => { s.n = 1 } })')
    await vi.waitFor(async () => expect(await status(name)).toBe('Running'), soon)
    const list = await bare.client.listProjections()
    expect(list.map(({ name }) => name)).toEqual(expect.arrayContaining([name, '$by_category', '$streams']))
    expect(list.find(({ name }) => name === '$by_category')!.status).toBe('Running')
  })
})
