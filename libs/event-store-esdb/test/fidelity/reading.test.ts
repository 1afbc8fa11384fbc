import type { ReadStreamOptions } from '@eventstore/db-client'
import { ANY, BACKWARDS, END, FORWARDS, jsonEvent, binaryEvent, NO_STREAM, START } from '@eventstore/db-client'
import { describe, expect, it, vi } from 'vitest'
import { engines } from '../engines.js'
import { bareClient, event, uniqueStream } from './bare-client.js'

const events = (count: number) => Array.from({ length: count }, (_, n) => event(n))

describe.each(engines)('reading on $name', (engine) => {
  const bare = bareClient(engine)

  it.each<[ReadStreamOptions, unknown]>([
    [{}, [0, 1, 2, 3, 4]],
    [{ fromRevision: 2n }, [2, 3, 4]],
    [{ fromRevision: 2n, maxCount: 2 }, [2, 3]],
    [{ fromRevision: 9n }, []],
    [{ direction: BACKWARDS, fromRevision: END }, [4, 3, 2, 1, 0]],
    [{ direction: BACKWARDS, fromRevision: END, maxCount: 2 }, [4, 3]],
    [{ direction: BACKWARDS, fromRevision: 2n }, [2, 1, 0]],
    [{ direction: BACKWARDS, fromRevision: 9n, maxCount: 1 }, [4]],
    [{ direction: BACKWARDS, fromRevision: START }, [0]],
    [{ fromRevision: END }, { error: 'unknown' }],
    [{ maxCount: 0 }, { error: 'unknown' }],
  ])('given five events and %o, then it gives %o', async (options, expected) => {
    const stream = uniqueStream()
    await bare.append(stream, events(5), NO_STREAM)
    expect(await bare.numbers(stream, options)).toEqual(expected)
  })

  it('given 100 events, more than the server reads in one go, then all come, either way', async () => {
    const stream = uniqueStream()
    const numbers = Array.from({ length: 100 }, (_, n) => n)
    await bare.append(stream, events(100), NO_STREAM)
    expect(await bare.numbers(stream)).toEqual(numbers)
    expect(await bare.numbers(stream, { direction: BACKWARDS, fromRevision: END })).toEqual(numbers.toReversed())
    expect(await bare.numbers(stream, { fromRevision: 31n, maxCount: 33 })).toEqual(numbers.slice(31, 64))
  })

  it('given JSON, other bytes, metadata and none, then all come back as they were, with time and both halves of the position', async () => {
    const stream = uniqueStream()
    const bytes = Uint8Array.from([0, 255, 13])
    await bare.append(
      stream,
      [jsonEvent({ type: 'A', data: { t: 'ä🙂' }, metadata: { m: [1] } }), binaryEvent({ type: 'B', data: bytes }), event(3)],
      ANY,
    )
    const read = await bare.read(stream)
    expect(
      read.map(({ event, link, commitPosition }) => [
        event?.type,
        event?.isJson,
        event?.metadata,
        link,
        commitPosition === event?.position?.commit,
      ]),
    ).toEqual([
      ['A', true, { m: [1] }, undefined, true],
      ['B', false, undefined, undefined, true],
      ['Counted', true, undefined, undefined, true],
    ])
    expect(read[0]?.event?.data).toEqual({ t: 'ä🙂' })
    expect(Buffer.from(read[1]?.event?.data as Uint8Array)).toEqual(Buffer.from(bytes))
    expect(Math.abs(read[0]!.event!.created.getTime() - Date.now())).toBeLessThan(60_000)
    for (const { event } of read) expect(event?.position?.prepare).toBe(event?.position?.commit)
  })

  it('given a position, then the log is read from there: forwards with the event that stands there, backwards without it', async () => {
    const stream = uniqueStream()
    await bare.append(stream, events(3), NO_STREAM)
    const [, second] = await bare.read(stream)
    const { position } = second!.event!
    const take = async (direction: typeof FORWARDS | typeof BACKWARDS) => {
      const numbers: unknown[] = []
      for await (const { event } of bare.client.readAll({ direction, fromPosition: position!, maxCount: 50 }))
        if (event?.streamId === stream) numbers.push((event.data as { n: number }).n)
      return numbers
    }
    expect(await take(FORWARDS)).toEqual([1, 2])
    expect(await take(BACKWARDS)).toEqual([0])
  })

  it('given a filter, then readAll of this client ignores it without a word', async () => {
    const stream = uniqueStream()
    await bare.append(stream, events(3), NO_STREAM)
    const filter = { filterOn: 'streamName', prefixes: ['nobody has this name'] }
    const read: unknown[] = []
    const options = { direction: BACKWARDS, fromPosition: END, maxCount: 3, filter } as { direction: typeof BACKWARDS }
    for await (const { event } of bare.client.readAll(options)) read.push(event)
    expect(read).toHaveLength(3)
  })

  describe('the category stream', () => {
    const linked = async (stream: string, count: number) =>
      vi.waitFor(async () => {
        const read = await bare.read(`$ce-${stream.split('-')[0]}`, { resolveLinkTos: true })
        expect(read).toHaveLength(count)
        return read
      }, 10_000)

    it('given events of a category, then it links them in their order, and resolves to them', async () => {
      const stream = uniqueStream()
      const other = stream.replace(/1$/, 'two-2')
      await bare.append(stream, events(2), NO_STREAM)
      await bare.append(other, [event(9)], NO_STREAM)
      const read = await linked(stream, 3)
      expect(read.map(({ event }) => [event?.streamId, event?.data])).toEqual([
        [stream, { n: 0 }],
        [stream, { n: 1 }],
        [other, { n: 9 }],
      ])
      const { event: target, link, commitPosition } = read[1]!
      expect(link).toMatchObject({ type: '$>', isJson: false, revision: 1n, streamId: `$ce-${stream.split('-')[0]}` })
      expect(Buffer.from(link!.data as Uint8Array).toString()).toBe(`1@${stream}`)
      expect(link!.metadata).toMatchObject({ $o: stream, $causedBy: target!.id, $c: Number(target!.position!.commit) })
      expect(commitPosition).toBe(link!.position!.commit)
    })

    it('given a link whose target is gone, then it comes without an event', async () => {
      const stream = uniqueStream()
      await bare.append(stream, events(3), NO_STREAM)
      await linked(stream, 3)
      await bare.client.setStreamMetadata(stream, { truncateBefore: 2 })
      const read = await linked(stream, 3)
      expect(read.map(({ event, link }) => [event?.revision, link?.revision])).toEqual([
        [undefined, 0n],
        [undefined, 1n],
        [2n, 2n],
      ])
    })

    it.each(['deleteStream', 'tombstoneStream'] as const)('given %s, then a last link says that the stream is gone', async (how) => {
      const stream = uniqueStream()
      await bare.append(stream, events(1), NO_STREAM)
      await linked(stream, 1)
      await bare.client[how](stream)
      const [, last] = await linked(stream, 2)
      expect(last!.event?.type).toBe(how === 'deleteStream' ? '$metadata' : undefined)
      expect(last!.link!.metadata).toMatchObject({ $deleted: -1, $o: stream })
      expect(Buffer.from(last!.link!.data as Uint8Array).toString()).toBe(
        how === 'deleteStream' ? `0@$$${stream}` : `9223372036854775807@${stream}`,
      )
    })
  })
})
