import type { AppendExpectedRevision } from '@eventstore/db-client'
import { ANY, BACKWARDS, END, NO_STREAM, START, STREAM_EXISTS } from '@eventstore/db-client'
import { describe, expect, it } from 'vitest'
import { engines } from '../engines.js'
import { bareClient, event, outcome, uniqueStream } from './bare-client.js'

const ok = (nextExpectedRevision: bigint) => ({ success: true, nextExpectedRevision })
const wrong = (streamName: string, expectedVersion: bigint | string, actualVersion: bigint) => ({
  error: 'wrong-expected-version',
  streamName,
  expectedVersion,
  actualVersion,
})
const missing = (streamName: string) => ({ error: 'stream-not-found', streamName })
const deleted = (streamName: string) => ({ error: 'stream-deleted', streamName })
const events = (count: number) => Array.from({ length: count }, (_, n) => event(n))

describe.each(engines)('the life of a stream on $name', (engine) => {
  const bare = bareClient(engine)
  const streamOf = async (count: number): Promise<string> => {
    const stream = uniqueStream()
    await bare.append(stream, events(count), NO_STREAM)
    return stream
  }

  describe('a soft delete', () => {
    it('given a deleted stream, then it is missing to readers and its numbers go on', async () => {
      const stream = await streamOf(3)
      expect(await outcome(bare.client.deleteStream(stream))).toMatchObject({ position: { commit: expect.any(BigInt) } })
      expect(await bare.numbers(stream)).toEqual(missing(stream))
      expect(await bare.append(stream, [event(3)], STREAM_EXISTS)).toEqual(deleted(stream))
      expect(await bare.append(stream, [event(3)], 1n)).toEqual(wrong(stream, 1n, 2n))
      expect(await bare.append(stream, [event(3)], NO_STREAM)).toEqual(ok(3n))
      expect(await bare.numbers(stream)).toEqual([3])
      expect(await bare.append(stream, [event(4)], 3n)).toEqual(ok(4n))
    })

    it.each<AppendExpectedRevision>([ANY, 2n])('given %s expected after a deletion, then the stream begins again', async (expected) => {
      const stream = await streamOf(3)
      await bare.client.deleteStream(stream)
      expect(await bare.append(stream, [event(3)], expected)).toEqual(ok(3n))
      expect(await bare.numbers(stream)).toEqual([3])
      expect(await bare.client.getStreamMetadata(stream)).toMatchObject({ metadata: { truncateBefore: 3 } })
    })

    it('given metadata written after a deletion, then the stream is there again, and empty', async () => {
      const stream = await streamOf(2)
      await bare.client.deleteStream(stream)
      await bare.client.setStreamMetadata(stream, { mine: 'yes' })
      expect(await bare.numbers(stream)).toEqual([])
      expect(await bare.client.getStreamMetadata(stream)).toMatchObject({ metadata: { mine: 'yes', truncateBefore: 2 } })
    })

    it('given another revision than the head, or no stream at all, then deleting is a conflict', async () => {
      const stream = await streamOf(3)
      const nothing = uniqueStream()
      expect(await outcome(bare.client.deleteStream(stream, { expectedRevision: 1n }))).toEqual(wrong(stream, 1n, 2n))
      expect(await outcome(bare.client.deleteStream(nothing))).toEqual(wrong(nothing, -2n, -1n))
      expect(await outcome(bare.client.deleteStream(stream, { expectedRevision: 2n }))).toHaveProperty('position')
    })

    it('given a deleted stream, then deleting it again is no mistake', async () => {
      const stream = await streamOf(1)
      await bare.client.deleteStream(stream)
      expect(await outcome(bare.client.deleteStream(stream))).toHaveProperty('position')
    })
  })

  describe('a tombstone', () => {
    it('given a tombstoned stream, then nobody reads, writes, deletes or describes it any more', async () => {
      const stream = await streamOf(2)
      expect(await outcome(bare.client.tombstoneStream(stream))).toHaveProperty('position')
      expect(await bare.numbers(stream)).toEqual(deleted(stream))
      for (const path of ['batch', 'classic'] as const) expect(await bare.append(stream, [event()], ANY, path)).toEqual(deleted(stream))
      expect(await outcome(bare.client.deleteStream(stream))).toEqual(deleted(stream))
      expect(await outcome(bare.client.tombstoneStream(stream))).toEqual(deleted(stream))
      expect(await outcome(bare.client.getStreamMetadata(stream))).toEqual(deleted(`$$${stream}`))
      expect(await outcome(bare.client.setStreamMetadata(stream, { maxCount: 1 }))).toEqual(deleted(`$$${stream}`))
    })

    it('given a name that no stream ever had, then it can be closed for good', async () => {
      const stream = uniqueStream()
      expect(await outcome(bare.client.tombstoneStream(stream, { expectedRevision: NO_STREAM }))).toHaveProperty('position')
      expect(await bare.append(stream, [event()], NO_STREAM)).toEqual(deleted(stream))
      const other = uniqueStream()
      expect(await outcome(bare.client.tombstoneStream(other, { expectedRevision: 5n }))).toEqual(wrong(other, 5n, -1n))
    })
  })

  describe('metadata', () => {
    it('given none, then only the name comes back; given some, then they do', async () => {
      const stream = await streamOf(1)
      expect(await bare.client.getStreamMetadata(stream)).toEqual({ streamName: stream })
      const metadata = { maxCount: 5, maxAge: 60, cacheControl: 7, mine: { a: 1 }, acl: { readRoles: ['x'], writeRoles: ['$all'] } }
      await bare.client.setStreamMetadata(stream, metadata)
      const read = await bare.client.getStreamMetadata(stream)
      expect(read.metadata).toEqual(metadata)
      const [written] = await bare.read(`$$${stream}`)
      // The client calls it a revision; it is a position.
      expect(read.metastreamRevision).toBe(written?.event?.position?.commit)
    })

    it('given metadata for a stream that has no event, then it counts as existing, but is missing to readers', async () => {
      const stream = uniqueStream()
      await bare.client.setStreamMetadata(stream, { maxCount: 3 })
      expect(await bare.numbers(stream)).toEqual(missing(stream))
      expect(await bare.append(stream, [event()], STREAM_EXISTS)).toEqual(ok(0n))
    })

    it('given $maxCount, then only the last events are read, from whichever side', async () => {
      const stream = await streamOf(5)
      await bare.client.setStreamMetadata(stream, { maxCount: 2 })
      expect(await bare.numbers(stream)).toEqual([3, 4])
      expect(await bare.numbers(stream, { maxCount: 1 })).toEqual([3])
      expect(await bare.numbers(stream, { direction: BACKWARDS, fromRevision: END })).toEqual([4, 3])
      expect(await bare.numbers(stream, { direction: BACKWARDS, fromRevision: 1n })).toEqual([])
      await bare.append(stream, [event(5)], ANY)
      expect(await bare.numbers(stream)).toEqual([4, 5])
    })

    it('given $tb, then what stands before it is gone, and the stream is not missing even if that is all', async () => {
      const stream = await streamOf(5)
      await bare.client.setStreamMetadata(stream, { truncateBefore: 3 })
      expect(await bare.numbers(stream)).toEqual([3, 4])
      await bare.client.setStreamMetadata(stream, { truncateBefore: 99 })
      expect(await bare.numbers(stream)).toEqual([])
      expect(await bare.append(stream, [event(5)], 4n)).toEqual(ok(5n))
      expect(await bare.numbers(stream)).toEqual([])
    })

    it('given metadata written again and again, then readers of the metastream get the last one only', async () => {
      const stream = await streamOf(1)
      for (const maxCount of [1, 2, 3]) await bare.client.setStreamMetadata(stream, { maxCount })
      const read = await bare.read(`$$${stream}`, { fromRevision: START })
      expect(read.map(({ event }) => [event?.revision, event?.type, event?.data])).toEqual([[2n, '$metadata', { $maxCount: 3 }]])
    })
  })
})
