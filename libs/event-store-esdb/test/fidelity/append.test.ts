import { randomUUID } from 'node:crypto'
import type { AppendExpectedRevision, EventData } from '@eventstore/db-client'
import { ANY, NO_STREAM, STREAM_EXISTS } from '@eventstore/db-client'
import { describe, expect, it } from 'vitest'
import { engines, sayWhoTookPart } from '../engines.js'
import { bareClient, event, uniqueStream } from './bare-client.js'

sayWhoTookPart('EventStoreDB fidelity')

const ok = (nextExpectedRevision: bigint) => ({ success: true, nextExpectedRevision })
const wrong = (streamName: string, expectedVersion: AppendExpectedRevision, actualVersion: bigint | 'no_stream') => ({
  error: 'wrong-expected-version',
  streamName,
  expectedVersion,
  actualVersion,
})

describe.each(engines)('appending on $name', (engine) => {
  const { append, numbers, client } = ((bare) => ({ ...bare, client: () => bare.client }))(bareClient(engine))

  describe.each(['batch', 'classic'] as const)('by the %s path', (path) => {
    it('given a stream of three, then each expectation is met or names what is there', async () => {
      const stream = uniqueStream()
      expect(await append(stream, [event()], STREAM_EXISTS, path)).toEqual(wrong(stream, STREAM_EXISTS, 'no_stream'))
      expect(await append(stream, [event()], 0n, path)).toEqual(wrong(stream, 0n, 'no_stream'))
      expect(await append(stream, [event(0), event(1)], NO_STREAM, path)).toEqual(ok(1n))
      expect(await append(stream, [event()], NO_STREAM, path)).toEqual(wrong(stream, NO_STREAM, 1n))
      expect(await append(stream, [event()], 0n, path)).toEqual(wrong(stream, 0n, 1n))
      expect(await append(stream, [event()], 5n, path)).toEqual(wrong(stream, 5n, 1n))
      expect(await append(stream, [event(2)], 1n, path)).toEqual(ok(2n))
      expect(await append(stream, [event(3)], STREAM_EXISTS, path)).toEqual(ok(3n))
      expect(await append(stream, [event(4)], ANY, path)).toEqual(ok(4n))
      expect(await numbers(stream)).toEqual([0, 1, 2, 3, 4])
    })

    it('given the same ids again with the expectation of the first time, then the first answer comes again and nothing is written', async () => {
      const stream = uniqueStream()
      const events = [event(0), event(1)]
      await append(stream, events, NO_STREAM, path)
      await append(stream, [event(2)], ANY, path)
      expect(await append(stream, events, NO_STREAM, path)).toEqual(ok(1n))
      expect(await append(stream, events, ANY, path)).toEqual(ok(1n))
      expect(await append(stream, events, STREAM_EXISTS, path)).toEqual(ok(1n))
      expect(await append(stream, events.slice(1), 0n, path)).toEqual(ok(1n))
      expect(await append(stream, events.slice(0, 1), NO_STREAM, path)).toEqual(ok(0n))
      expect(await numbers(stream)).toEqual([0, 1, 2])
    })

    it('given a known id with the head itself expected, then it is written a second time', async () => {
      const stream = uniqueStream()
      const known = event(7)
      await append(stream, [known], NO_STREAM, path)
      expect(await append(stream, [known], 0n, path)).toEqual(ok(1n))
      expect(await numbers(stream)).toEqual([7, 7])
    })

    it('given a known id with other data and the old expectation, then it counts as written and the new data is lost', async () => {
      const stream = uniqueStream()
      const id = randomUUID()
      await append(stream, [event(1, id)], NO_STREAM, path)
      expect(await append(stream, [event(2, id)], NO_STREAM, path)).toEqual(ok(0n))
      expect(await numbers(stream)).toEqual([1])
    })

    it.each([
      ['a known id, then a new one', NO_STREAM, (a: string) => [event(0, a), event(1)]],
      ['a new id, then a known one', NO_STREAM, (a: string) => [event(1), event(0, a)]],
      ['a known id, then a new one', ANY, (a: string) => [event(0, a), event(1)]],
    ] as const)('given %s with %s expected, then it is a conflict', async (_, expected, make) => {
      const stream = uniqueStream()
      const id = randomUUID()
      await append(stream, [event(0, id)], NO_STREAM, path)
      expect(await append(stream, make(id), expected, path)).toEqual(wrong(stream, expected, 0n))
    })

    it('given a new id before a known one and anything expected, then both are written', async () => {
      const stream = uniqueStream()
      const id = randomUUID()
      await append(stream, [event(0, id)], NO_STREAM, path)
      expect(await append(stream, [event(1), event(0, id)], ANY, path)).toEqual(ok(2n))
      expect(await numbers(stream)).toEqual([0, 1, 0])
    })

    it('given an id that stands in another stream, then it is new to this one', async () => {
      const [one, other] = [uniqueStream(), uniqueStream()]
      const id = randomUUID()
      await append(one, [event(0, id)], ANY, path)
      expect(await append(other, [event(0, id)], ANY, path)).toEqual(ok(0n))
    })

    it('given one id twice in an append, then both are written', async () => {
      const stream = uniqueStream()
      const id = randomUUID()
      expect(await append(stream, [event(0, id), event(1, id)], NO_STREAM, path)).toEqual(ok(1n))
    })

    it('given more than 1 MiB of data, then nothing is written and the error names the limit', async () => {
      const stream = uniqueStream()
      const large = (bytes: number) => ({ ...event(), data: { text: 'x'.repeat(bytes - '{"text":""}'.length) } }) as EventData
      expect(await append(stream, [large(1_048_577)], ANY, path)).toEqual({
        error: 'maximum-append-size-exceeded',
        maxAppendSize: 1_048_576,
      })
      expect(await append(stream, [large(524_288), large(524_289)], ANY, path)).toMatchObject({ error: 'maximum-append-size-exceeded' })
      expect(await append(stream, [large(1_048_576)], NO_STREAM, path)).toEqual(ok(0n))
    })

    it('given large metadata, then it does not count towards the limit', async () => {
      const stream = uniqueStream()
      const withMetadata = { ...event(), metadata: { text: 'x'.repeat(1_100_000) } }
      expect(await append(stream, [withMetadata], NO_STREAM, path)).toEqual(ok(0n))
    })

    it('given 5,000 small events, then one append takes them', async () => {
      const stream = uniqueStream()
      const many = Array.from({ length: 5_000 }, (_, n) => event(n))
      expect(await append(stream, many, NO_STREAM, path)).toEqual(ok(4_999n))
    })

    it('given no event at all, then only the expectation is looked at', async () => {
      const stream = uniqueStream()
      await append(stream, [event()], NO_STREAM, path)
      expect(await append(stream, [], 0n, path)).toMatchObject(ok(0n))
      expect(await append(stream, [], NO_STREAM, path)).toEqual(wrong(stream, NO_STREAM, 0n))
    })
  })

  it('given an append of three, then its position is that of the last event, both halves alike, and so it is when it is repeated', async () => {
    const stream = uniqueStream()
    const events = [event(0), event(1), event(2)]
    const first = await client().appendToStream(stream, events, { expectedRevision: NO_STREAM })
    const again = await client().appendToStream(stream, events, { expectedRevision: NO_STREAM })
    const positions: unknown[] = []
    for await (const { event } of client().readStream(stream)) positions.push(event?.position)
    expect(first.position?.commit).toBe(first.position?.prepare)
    expect(positions.at(-1)).toEqual(first.position)
    expect(again.position).toEqual(first.position)
    expect(new Set(positions.map((position) => (position as { commit: bigint }).commit)).size).toBe(3)
  })

  it('given a repeated append whose event was truncated since, then it succeeds without a position', async () => {
    const stream = uniqueStream()
    const first = event(0)
    await append(stream, [first], NO_STREAM)
    await append(stream, [event(1)], 0n)
    await client().setStreamMetadata(stream, { maxCount: 1 })
    const again = await client().appendToStream(stream, first, { expectedRevision: NO_STREAM })
    expect(again).toEqual({ success: true, nextExpectedRevision: 0n, position: undefined })
  })

  it('given a stream without a name, then it is refused', async () => {
    expect(await append('', [event()], ANY, 'batch')).toEqual({ error: 'unknown' })
    expect(await append('', [event()], ANY, 'classic')).toEqual({ error: 'unknown' })
  })
})
