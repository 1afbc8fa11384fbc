import { describe, expect, it } from 'vitest'
import type { EventStore, ExpectedRevision, Json } from '../src/index.js'
import { appendOk, collect, event, eventsUpTo, numbersOf, uniqueCategory } from './store-fixture.js'

interface Case {
  readonly standing: number
  readonly expected: ExpectedRevision
  readonly ok: boolean
}
const cases: readonly Case[] = [
  { standing: 0, expected: 'any', ok: true },
  { standing: 3, expected: 'any', ok: true },
  { standing: 0, expected: 'noStream', ok: true },
  { standing: 3, expected: 'noStream', ok: false },
  { standing: 0, expected: 'exists', ok: false },
  { standing: 3, expected: 'exists', ok: true },
  { standing: 3, expected: 2, ok: true },
  { standing: 3, expected: 1, ok: false },
  { standing: 3, expected: 0, ok: false },
  { standing: 3, expected: 3, ok: false },
  { standing: 0, expected: 0, ok: false },
]

export const appendConformance = (store: () => EventStore): void => {
  describe('append', () => {
    it.each(cases)('to a stream of $standing events, expecting $expected: ok is $ok', async ({ standing, expected, ok }) => {
      const stream = `${uniqueCategory()}-1`
      if (standing > 0) await appendOk(store(), stream, eventsUpTo(standing))
      const result = await store().append(stream, [event(100), event(101)], expected)
      const after = await collect(store().readStream(stream))
      expect(result).toMatchObject(
        ok ? { ok, revision: standing + 1, position: after.at(-1)?.position } : { ok, expected, actual: standing - 1 },
      )
      expect(numbersOf(after).slice(standing)).toEqual(ok ? [100, 101] : [])
    })

    it.each(cases)(
      'of no events to a stream of $standing, expecting $expected, only checks: ok is $ok',
      async ({ standing, expected, ok }) => {
        const stream = `${uniqueCategory()}-1`
        const before = standing > 0 ? (await appendOk(store(), stream, eventsUpTo(standing))).position : -1n
        const result = await store().append(stream, [], expected)
        expect(result).toMatchObject(
          ok ? { ok: true, revision: standing - 1, position: before } : { ok: false, expected, actual: standing - 1 },
        )
        expect(await collect(store().readStream(stream))).toHaveLength(standing)
      },
    )

    it('keeps the events of one append together, at rising revisions and positions', async () => {
      const category = uniqueCategory()
      const batches = Array.from({ length: 20 }, (_, batch) => eventsUpTo(5).map((e) => ({ ...e, metadata: { batch } })))
      await Promise.all(batches.map((events) => appendOk(store(), `${category}-1`, events)))
      const read = await collect(store().readStream(`${category}-1`))
      expect(read.map(({ revision }) => revision)).toEqual(Array.from({ length: 100 }, (_, revision) => revision))
      expect(read.every((e, index) => index === 0 || e.position > read[index - 1]!.position)).toBe(true)
      for (let start = 0; start < 100; start += 5) {
        const together = read.slice(start, start + 5)
        expect(numbersOf(together)).toEqual([0, 1, 2, 3, 4])
        expect(new Set(together.map(({ metadata }) => metadata['batch'])).size).toBe(1)
      }
    })

    it('writes none of several events when it conflicts', async () => {
      const category = uniqueCategory()
      await appendOk(store(), `${category}-1`, [event(1)])
      await store().append(`${category}-1`, eventsUpTo(10), 'noStream')
      expect(await collect(store().readAll({ prefixes: [`${category}-`] }))).toHaveLength(1)
    })

    it('lets exactly one of many writers have each revision', async () => {
      const stream = `${uniqueCategory()}-1`
      await appendOk(store(), stream, [event(0)])
      for (let revision = 0; revision < 10; revision += 1) {
        const results = await Promise.all(Array.from({ length: 12 }, (_, n) => store().append(stream, [event(n)], revision)))
        expect(results.filter(({ ok }) => ok)).toHaveLength(1)
        expect(results.filter(({ ok }) => !ok)).toEqual(
          Array.from({ length: 11 }, () => ({ ok: false, expected: revision, actual: revision + 1 })),
        )
      }
      expect(await collect(store().readStream(stream))).toHaveLength(11)
    })

    it('gives back every kind of text and JSON as it was', async () => {
      const stream = `${uniqueCategory()}-räume/😀 %2F'"\\`
      const odd: Json = {
        text: 'ünï 😀 \u0000 \u2028 "quoted" \\ \ud800',
        'key with "quotes"': [1, -0.5, 1e300, Number.MAX_SAFE_INTEGER, true, null, [], {}],
        nested: { deeper: { deepest: ['', ' '] } },
        digits: '144115216631667826',
      }
      const large = { body: 'é'.repeat(150_000) }
      const sent = [
        event(0, { data: odd, metadata: { odd } }),
        event(0, { data: large, metadata: large }),
        event(0, { type: 'Ümlaut 😀', data: {}, metadata: {} }),
      ]
      await appendOk(store(), stream, sent)
      const read = await collect(store().readStream(stream))
      expect(read.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }))).toEqual(sent)
      expect(new Set(read.map((e) => e.stream))).toEqual(new Set([stream]))
    })

    it('refuses what it could not give back, as the defect that it is', async () => {
      const stream = `${uniqueCategory()}-1`
      const twice = event()
      await expect(store().append('', [event()], 'any')).rejects.toThrow(TypeError)
      await expect(store().append(`${stream}\ud800`, [event()], 'any')).rejects.toThrow(TypeError)
      await expect(store().append(stream, [event(0, { data: null as never })], 'any')).rejects.toThrow(TypeError)
      await expect(store().append(stream, [twice, twice], 'any')).rejects.toThrow(TypeError)
      await expect(store().append(stream, [event()], -1)).rejects.toThrow(TypeError)
      expect(await collect(store().readStream(stream))).toEqual([])
    })
  })
}
