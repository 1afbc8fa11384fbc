import type { AllStreamResolvedEvent, AllStreamSubscription, Position, StreamSubscription } from '@eventstore/db-client'
import { ANY, END, eventTypeFilter, excludeSystemEvents, jsonEvent, NO_STREAM, START, streamNameFilter } from '@eventstore/db-client'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { engines } from '../engines.js'
import { bareClient, describeError, event, uniqueStream } from './bare-client.js'

const events = (count: number, from = 0) => Array.from({ length: count }, (_, n) => event(from + n))
const soon = 10_000

/** Collects what a subscription says, in one list. */
const record = (of: StreamSubscription | AllStreamSubscription) => {
  // Their events differ by type only.
  const subscription = of as AllStreamSubscription
  const seen: unknown[] = []
  const positions: (Position | undefined)[] = []
  subscription
    .on('confirmation', () => void seen.push('confirmed'))
    .on('error', (error: Error) => void seen.push(describeError(error)))
    .on('data', ({ event, link }: AllStreamResolvedEvent) => {
      seen.push((event?.data as { n?: number } | undefined)?.n ?? event?.type ?? link?.type)
      positions.push(event?.position)
    })
  onTestFinished(() => subscription.unsubscribe())
  const until = (count: number) => vi.waitFor(() => (expect(seen.length).toBeGreaterThanOrEqual(count), seen), soon)
  return { seen, positions, until }
}

describe.each(engines)('subscribing on $name', (engine) => {
  const bare = bareClient(engine)
  let stream = ''
  afterEach(() => (stream = ''))
  const begin = async (count: number): Promise<string> => {
    stream = uniqueStream()
    await bare.append(stream, events(count), NO_STREAM)
    return stream
  }

  describe('to a stream', () => {
    it('given 100 events, then it confirms, catches up and goes on live', async () => {
      const stream = await begin(100)
      const { until } = record(bare.client.subscribeToStream(stream))
      await until(101)
      await bare.append(stream, events(2, 100), 99n)
      expect(await until(103)).toEqual(['confirmed', ...Array.from({ length: 102 }, (_, n) => n)])
    })

    it('given a revision, then it begins behind it; given the end, then with what comes', async () => {
      const stream = await begin(5)
      const behind = record(bare.client.subscribeToStream(stream, { fromRevision: 2n }))
      const live = record(bare.client.subscribeToStream(stream, { fromRevision: END }))
      await live.until(1)
      await behind.until(3)
      await bare.append(stream, events(1, 5), 4n)
      expect(await behind.until(4)).toEqual(['confirmed', 3, 4, 5])
      expect(await live.until(2)).toEqual(['confirmed', 5])
    })

    it('given a stream that does not exist yet, then it waits for it', async () => {
      stream = uniqueStream()
      const { until } = record(bare.client.subscribeToStream(stream))
      await until(1)
      await bare.append(stream, events(1), NO_STREAM)
      expect(await until(2)).toEqual(['confirmed', 0])
    })

    it('given a tombstone, then it ends with the error of a deleted stream, at once or when it comes', async () => {
      const stream = await begin(1)
      const before = record(bare.client.subscribeToStream(stream))
      await before.until(2)
      await bare.client.tombstoneStream(stream)
      const deleted = { error: 'stream-deleted', streamName: stream }
      await vi.waitFor(() => expect(before.seen.at(-1)).toEqual(deleted), soon)
      const after = record(bare.client.subscribeToStream(stream))
      expect((await after.until(1)).at(-1)).toEqual(deleted)
    })

    it('given a category and resolved links, then the events themselves come', async () => {
      const stream = await begin(3)
      const { until } = record(bare.client.subscribeToStream(`$ce-${stream.split('-')[0]}`, { resolveLinkTos: true }))
      await until(4)
      await bare.append(stream, events(1, 3), 2n)
      expect(await until(5)).toEqual(['confirmed', 0, 1, 2, 3])
    })

    it('given $maxCount, then it catches up over what is left, and live nothing is missing', async () => {
      const stream = await begin(5)
      await bare.client.setStreamMetadata(stream, { maxCount: 2 })
      const { until } = record(bare.client.subscribeToStream(stream))
      await until(3)
      await bare.append(stream, events(4, 5), 4n)
      expect(await until(7)).toEqual(['confirmed', 3, 4, 5, 6, 7, 8])
    })
  })

  describe('to the log', () => {
    const mine = (stream: string) => streamNameFilter({ prefixes: [stream] })

    it.each([
      ['a prefix of the name', (stream: string) => mine(stream)],
      ['a pattern of the name', (stream: string) => streamNameFilter({ regex: `^${stream}$` })],
    ])('given %s, then it catches up and goes on live with that alone', async (_, filter) => {
      const stream = await begin(40)
      const { until } = record(bare.client.subscribeToAll({ filter: filter(stream) }))
      await until(41)
      await bare.append(uniqueStream(), events(2), ANY)
      await bare.append(stream, events(2, 40), 39n)
      expect(await until(43)).toEqual(['confirmed', ...Array.from({ length: 42 }, (_, n) => n)])
    })

    it('given types, then only events of those types come', async () => {
      const type = `T${crypto.randomUUID()}`
      const stream = await begin(2)
      const { until } = record(bare.client.subscribeToAll({ filter: eventTypeFilter({ prefixes: [type] }) }))
      await bare.append(stream, [jsonEvent({ type: `${type}Suffix`, data: { n: 7 } }), event(8)], ANY)
      await bare.append(stream, [jsonEvent({ type, data: { n: 9 } })], ANY)
      expect(await until(3)).toEqual(['confirmed', 7, 9])
    })

    it('given a position, then it begins behind the event that stands there', async () => {
      const stream = await begin(3)
      const [, second] = await bare.read(stream)
      const { until } = record(bare.client.subscribeToAll({ fromPosition: second!.event!.position!, filter: mine(stream) }))
      await until(2)
      await bare.append(stream, events(1, 3), 2n)
      expect(await until(3)).toEqual(['confirmed', 2, 3])
    })

    it('given the end, then only what comes from now on', async () => {
      const stream = await begin(3)
      const { until } = record(bare.client.subscribeToAll({ fromPosition: END, filter: mine(stream) }))
      await until(1)
      await bare.append(stream, events(2, 3), 2n)
      expect(await until(3)).toEqual(['confirmed', 3, 4])
    })

    it('given no system events, then neither links nor metadata come', async () => {
      const stream = await begin(1)
      const from = (await bare.read(stream))[0]!.event!.position!
      const names = new Set<string>()
      const subscription = bare.client.subscribeToAll({ fromPosition: from, filter: excludeSystemEvents() })
      subscription.on('data', ({ event }: AllStreamResolvedEvent) => void names.add(event!.streamId + event!.type))
      onTestFinished(() => subscription.unsubscribe())
      await bare.client.setStreamMetadata(stream, { maxCount: 9 })
      await bare.append(stream, [event(1)], 0n)
      await vi.waitFor(() => expect(names).toContain(`${stream}Counted`), soon)
      expect([...names].filter((name) => name.includes('$>'))).toEqual([])
    })

    it('given checkpoints are asked for, then they come by how many were looked at, and resuming from one repeats and loses nothing', async () => {
      const checkpoints: Position[] = []
      const stream = uniqueStream()
      const other = uniqueStream()
      await bare.append(other, events(200), NO_STREAM)
      const filter = streamNameFilter({
        prefixes: [stream],
        maxSearchWindow: 10,
        checkpointInterval: 2,
        checkpointReached: (_, position) => void checkpoints.push(position),
      })
      const first = record(bare.client.subscribeToAll({ fromPosition: (await bare.read(other))[0]!.event!.position!, filter }))
      await first.until(1)
      await vi.waitFor(() => expect(checkpoints.length).toBeGreaterThanOrEqual(8), soon)
      const caughtUpWith = checkpoints.length
      for (let n = 0; n < 30; n += 1) await bare.append(n % 10 === 9 ? stream : other, [event(n)], ANY)
      await first.until(4)
      await vi.waitFor(() => expect(checkpoints.length).toBeGreaterThan(caughtUpWith), soon)
      const commits = checkpoints.map(({ commit }) => commit)
      expect(commits).toEqual(commits.toSorted((a, b) => (a < b ? -1 : 1)))

      const at = checkpoints[3]!
      const resumed = record(bare.client.subscribeToAll({ fromPosition: at, filter: mine(stream) }))
      expect(await resumed.until(4)).toEqual(['confirmed', 9, 19, 29])
    })

    it('given the beginning, then the server’s own events come too', async () => {
      const { until } = record(bare.client.subscribeToAll({ fromPosition: START }))
      await begin(1)
      expect((await until(2))[0]).toBe('confirmed')
    })
  })
})
