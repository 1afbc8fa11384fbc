import { describe, expect, it } from 'vitest'
import type { EventStore, ExpectedRevision } from '../src/index.js'
import { appendOk, collect, event, eventsUpTo, uniqueCategory } from './store-fixture.js'

const written = async (store: EventStore, later: number) => {
  const stream = `${uniqueCategory()}-1`
  await appendOk(store, stream, [event(0)], 'noStream')
  const events = eventsUpTo(3)
  const first = await appendOk(store, stream, events, 0)
  for (let n = 0; n < later; n += 1) await appendOk(store, stream, [event(n)])
  return { stream, events, first, count: 4 + later }
}

const expectCount = async (store: EventStore, stream: string, count: number) =>
  expect((await collect(store.readStream(stream))).map(({ revision }) => revision)).toEqual(Array.from({ length: count }, (_, n) => n))

export const retryConformance = (store: () => EventStore): void => {
  describe('append with ids that were written before', () => {
    it.each<{ expected: ExpectedRevision; later: number }>([
      { expected: 0, later: 0 },
      { expected: 0, later: 5 },
      { expected: 'any', later: 0 },
      { expected: 'any', later: 5 },
      { expected: 'exists', later: 5 },
    ])('is answered as the first time when $expected is expected, $later events later', async ({ expected, later }) => {
      const { stream, events, first, count } = await written(store(), later)
      expect(await store().append(stream, events, expected)).toMatchObject({ ok: true, revision: first.revision, position: first.position })
      await expectCount(store(), stream, count)
    })

    it('is answered as the first time when no stream was expected', async () => {
      const stream = `${uniqueCategory()}-1`
      const events = eventsUpTo(2)
      const first = await appendOk(store(), stream, events, 'noStream')
      await appendOk(store(), stream, [event(9)])
      expect(await store().append(stream, events, 'noStream')).toMatchObject({
        ok: true,
        revision: first.revision,
        position: first.position,
      })
      await expectCount(store(), stream, 3)
    })

    it('takes a first part of what was written for a retry, too', async () => {
      const { stream, events, first } = await written(store(), 1)
      expect(await store().append(stream, events.slice(0, 2), 0)).toMatchObject({ ok: true, revision: first.revision - 1 })
      await expectCount(store(), stream, 5)
    })

    it('goes by the ids alone: other data does not overwrite what is written', async () => {
      const { stream, events } = await written(store(), 1)
      expect(
        await store().append(
          stream,
          events.map(({ id }) => event(77, { id })),
          0,
        ),
      ).toMatchObject({ ok: true })
      expect((await collect(store().readStream(stream))).filter(({ data }) => data['n'] === 77)).toEqual([])
    })

    it.each<{ name: string; expected: ExpectedRevision; pick: (events: ReturnType<typeof eventsUpTo>) => ReturnType<typeof eventsUpTo> }>([
      { name: 'the second id differs', expected: 0, pick: ([a]) => [a!, event()] },
      { name: 'the first id differs', expected: 0, pick: ([a, b]) => [event(), b!, a!] },
      { name: 'more than was written', expected: 0, pick: (events) => [...events, event(), event(), event()] },
      { name: 'they stand later than expected', expected: 'noStream', pick: (events) => events },
      { name: 'a new event follows them', expected: 'any', pick: (events) => [...events, event()] },
    ])('is a conflict when $name (expecting $expected)', async ({ expected, pick }) => {
      const { stream, events, count } = await written(store(), 2)
      expect(await store().append(stream, pick(events), expected)).toEqual({ ok: false, expected, actual: count - 1 })
      await expectCount(store(), stream, count)
    })

    it('answers the same call made twice at once with one write', async () => {
      const stream = `${uniqueCategory()}-1`
      const events = eventsUpTo(2)
      const results = await Promise.all(Array.from({ length: 6 }, () => store().append(stream, events, 'noStream')))
      expect(results.map((result) => result.ok && result.revision)).toEqual(Array.from({ length: 6 }, () => 1))
      await expectCount(store(), stream, 2)
    })

    it('counts ids per stream', async () => {
      const category = uniqueCategory()
      const events = eventsUpTo(2)
      await appendOk(store(), `${category}-1`, events, 'noStream')
      expect(await store().append(`${category}-2`, events, 'noStream')).toMatchObject({ ok: true })
      await expectCount(store(), `${category}-2`, 2)
    })
  })
}
