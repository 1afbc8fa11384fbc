import { beforeAll, describe, expect, it } from 'vitest'
import type { EventStore } from '../src/index.js'
import { appendOk, collect, event, eventsUpTo, numbersOf, uniqueCategory } from './store-fixture.js'

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

export const readConformance = (store: () => EventStore): void => {
  describe('reading a stream', () => {
    const stream = `${uniqueCategory()}-1`
    const count = 10_000
    beforeAll(async () => {
      const events = eventsUpTo(count)
      // In pieces, since some stores limit the size of one append.
      for (let start = 0; start < count; start += 1000) await appendOk(store(), stream, events.slice(start, start + 1000))
    }, 60_000)

    it('gives nothing for a stream that is not there', async () => {
      expect(await collect(store().readStream(`${uniqueCategory()}-1`))).toEqual([])
      expect(await collect(store().readStream(`${uniqueCategory()}-1`, { direction: 'backwards', from: 3 }))).toEqual([])
    })

    it('gives 10,000 events, in order and in the reverse order', { timeout: 30_000 }, async () => {
      const forwards = await collect(store().readStream(stream))
      expect(numbersOf(forwards)).toEqual(upTo(count))
      expect(forwards.map(({ revision }) => revision)).toEqual(upTo(count))
      expect(await collect(store().readStream(stream, { direction: 'backwards' }))).toEqual(forwards.toReversed())
    })

    it.each([
      { options: { from: 9_998 }, gives: [9_998, 9_999] },
      { options: { from: 10_000 }, gives: [] },
      { options: { limit: 2 }, gives: [0, 1] },
      { options: { limit: 0 }, gives: [] },
      { options: { from: 4_999, limit: 3 }, gives: [4_999, 5_000, 5_001] },
      { options: { from: 9_999, limit: 3 }, gives: [9_999] },
      { options: { direction: 'backwards', limit: 2 }, gives: [9_999, 9_998] },
      { options: { direction: 'backwards', from: 1 }, gives: [1, 0] },
      { options: { direction: 'backwards', from: 0 }, gives: [0] },
      { options: { direction: 'backwards', from: 20_000, limit: 1 }, gives: [9_999] },
      { options: { direction: 'backwards', from: 5_000, limit: 2 }, gives: [5_000, 4_999] },
    ] as const)('takes $options', async ({ options, gives }) => {
      expect(numbersOf(await collect(store().readStream(stream, options)))).toEqual(gives)
    })

    it('gives more than one page when asked for so many', async () => {
      expect(numbersOf(await collect(store().readStream(stream, { from: 10, limit: 1_501 })))).toEqual(upTo(1_511).slice(10))
    })

    it('can be left half way, again and again', async () => {
      for (let round = 0; round < 20; round += 1) {
        const seen: unknown[] = []
        for await (const { data } of store().readStream(stream)) {
          seen.push(data['n'])
          if (seen.length === 3) break
        }
        expect(seen).toEqual([0, 1, 2])
      }
      await appendOk(store(), `${uniqueCategory()}-1`, [event()])
    })
  })

  describe('reading the log', () => {
    it('gives the events of all streams in the order they were written', async () => {
      const category = uniqueCategory()
      const start = await store().head()
      for (let n = 0; n < 30; n += 1) await appendOk(store(), `${category}-${n % 3}`, [event(n)])
      const ours = (await collect(store().readAll({ after: start }))).filter(({ stream }) => stream.startsWith(category))
      expect(numbersOf(ours)).toEqual(upTo(30))
      expect(ours.every(({ position }, index) => index === 0 || position > ours[index - 1]!.position)).toBe(true)
      expect(ours.map(({ revision }) => revision)).toEqual(upTo(30).map((n) => Math.floor(n / 3)))
    })

    it('gives only streams that begin with a prefix, whatever characters it has', async () => {
      const category = uniqueCategory()
      for (const rest of ['a-1', 'a_1', 'a%1', 'aB-1', 'A-1', 'b*-1', 'b?-1', 'é-1', '\u{10FFFF}-1'])
        await appendOk(store(), `${category}${rest}`, [event()])
      const read = async (...prefixes: string[]) =>
        (await collect(store().readAll({ prefixes: prefixes.map((prefix) => category + prefix) }))).map(({ stream }) =>
          stream.slice(category.length),
        )
      expect(await read('a-')).toEqual(['a-1'])
      expect(await read('a_')).toEqual(['a_1'])
      expect(await read('a%')).toEqual(['a%1'])
      expect(await read('a')).toEqual(['a-1', 'a_1', 'a%1', 'aB-1'])
      expect(await read('b*', 'é')).toEqual(['b*-1', 'é-1'])
      expect(await read('b', 'b?', 'A')).toEqual(['A-1', 'b*-1', 'b?-1'])
      expect(await read('\u{10FFFF}')).toEqual(['\u{10FFFF}-1'])
      expect(await read('c')).toEqual([])
      expect(await collect(store().readAll({ prefixes: [] }))).toEqual([])
    })

    it('goes on after any position, up to a limit, through what the prefixes leave out', async () => {
      const category = uniqueCategory()
      for (let n = 0; n < 4; n += 1) {
        await appendOk(store(), `${category}-1`, [event(n)])
        await appendOk(store(), `${category}noise-1`, eventsUpTo(700))
      }
      const prefixes = [`${category}-`]
      const all = await collect(store().readAll({ prefixes }))
      expect(numbersOf(all)).toEqual([0, 1, 2, 3])
      for (const [index, { position }] of all.entries()) {
        expect(await collect(store().readAll({ prefixes, after: position }))).toEqual(all.slice(index + 1))
        expect(await collect(store().readAll({ prefixes, after: position, limit: 1 }))).toEqual(all.slice(index + 1, index + 2))
      }
      expect(await collect(store().readAll({ prefixes, limit: 3 }))).toEqual(all.slice(0, 3))
      expect(await collect(store().readAll({ prefixes, limit: 0 }))).toEqual([])
      expect(numbersOf(await collect(store().readAll({ prefixes: [`${category}noise-`], limit: 1_501 })))).toHaveLength(1_501)
    })

    it('knows the last event of streams that begin with a prefix', async () => {
      const category = uniqueCategory()
      const last = (...prefixes: string[]) => store().last(prefixes.map((prefix) => category + prefix))
      expect(await last('')).toBeUndefined()
      for (const rest of ['a-1', 'b_1', 'a-2', 'a%1']) await appendOk(store(), `${category}${rest}`, eventsUpTo(2))
      await appendOk(store(), `${category}noise`, eventsUpTo(700))
      expect(await last('a-')).toMatchObject({ stream: `${category}a-2`, revision: 1, data: { n: 1 } })
      expect(await last('b_', 'a-1')).toMatchObject({ stream: `${category}b_1`, revision: 1 })
      expect(await last('a')).toMatchObject({ stream: `${category}a%1` })
      expect(await last('c')).toBeUndefined()
      expect(await store().last([])).toBeUndefined()
    })

    it('knows its head: nothing that was acknowledged stands behind it', async () => {
      const category = uniqueCategory()
      const { position } = await appendOk(store(), `${category}-1`, eventsUpTo(3))
      const head = await store().head()
      expect(head).toBeGreaterThanOrEqual(position)
      expect(await collect(store().readAll({ after: head, prefixes: [category] }))).toEqual([])
      expect((await collect(store().readStream(`${category}-1`))).at(-1)?.position).toBe(position)
    })
  })
}
