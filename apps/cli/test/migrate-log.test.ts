import { setImmediate as nextRound } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import type { EventStore, RecordedEvent } from '#event-store'
import { createMemoryStore } from '../../../libs/event-store/test/memory-store.js'
import { batchesOf } from '../src/migrate/copy-log.js'
import { migrateLog } from '../src/migrate/migrate-log.js'
import { anEvent, contentOf, silent, write } from './migrate-fixture.js'

const inTurns = ['room-a', 'room-b', 'room-a', 'erasures', 'room-a', 'room-a', 'room-b']

describe('a migration', () => {
  let source: EventStore
  let target: EventStore
  beforeEach(async () => {
    source = createMemoryStore()
    target = createMemoryStore()
    await write(source, inTurns)
  })

  const copyFirst = async (count: number, change: (event: RecordedEvent) => Partial<RecordedEvent> = () => ({})) => {
    for await (const event of source.readAll({ limit: count })) {
      const { stream, id, type, data, metadata } = { ...event, ...change(event) }
      await target.append(stream, [{ id, type, data, metadata }], 'any')
    }
  }

  it('given nothing in the source, then the target stays empty and is verified', async () => {
    const migrated = await migrateLog(createMemoryStore(), target, silent)
    expect(migrated).toMatchObject({ found: 0, copied: 0, difference: undefined, source: { count: 0 } })
    expect(await contentOf(target)).toEqual([])
  })

  it('given it is done, when it runs again, then nothing is written and it is verified again', async () => {
    const first = await migrateLog(source, target, silent)
    const head = await target.head()
    expect(await migrateLog(source, target, silent)).toEqual({ ...first, found: 7, copied: 0 })
    expect(await target.head()).toBe(head)
  })

  it('given a service wrote to the source after a migration, when it runs again, then it brings what is new', async () => {
    await migrateLog(source, target, silent)
    await write(source, ['room-c', 'room-a'])
    expect(await migrateLog(source, target, silent)).toMatchObject({ found: 7, copied: 2, difference: undefined })
    expect(await contentOf(target)).toEqual(await contentOf(source))
  })

  it.each([
    ['id', () => ({ id: '00000000-0000-4000-8000-000000000000' })],
    ['type', () => ({ type: 'Forged' })],
    ['data', () => ({ data: { n: -1 } })],
    ['metadata', ({ metadata }: RecordedEvent) => ({ metadata: { ...metadata, recordedAt: '1999-01-01T00:00:00.000Z' } })],
    ['stream', () => ({ stream: 'room-z' })],
  ] as const)('given an event with another %s at the same place, then it names the place and writes nothing', async (field, change) => {
    await copyFirst(3, (event) => (event.position === 3n ? change(event) : {}))
    const before = await contentOf(target)
    const refused = migrateLog(source, target, silent)
    await expect(refused).rejects.toThrow(/^The target holds events of the ledger that are not the source's.*Event 3 of the log/)
    await expect(refused).rejects.toThrow(new RegExp(`room-a revision 1.*different: .*${field}`))
    expect(await contentOf(target)).toEqual(before)
  })

  it.each(['room-of-others', 'room-a', 'auditAccess'])('given more than the source in %s, then it is refused', async (stream) => {
    await migrateLog(source, target, silent)
    await write(target, [stream])
    await expect(migrateLog(source, target, silent)).rejects.toThrow(/Event 8 of the log: the target has RoomUpdated.*source has ended/)
  })

  it('given the same events in another order, then it is refused', async () => {
    const events: RecordedEvent[] = []
    for await (const event of source.readAll()) events.push(event)
    for (const { stream, id, type, data, metadata } of [events[1]!, events[0]!])
      await target.append(stream, [{ id, type, data, metadata }], 'any')
    await expect(migrateLog(source, target, silent)).rejects.toThrow(/Event 1 of the log/)
  })

  it('given a service that writes to the target meanwhile, then it stops and says so', async () => {
    const busy: EventStore = {
      ...target,
      append: async (stream, events, expected) => {
        if (expected === 1) await write(target, [stream])
        return target.append(stream, events, expected)
      },
    }
    await expect(migrateLog(source, busy, silent)).rejects.toThrow(/room-a: the target has 3 events, though only 2 were copied/)
  })

  it.each([
    ['loses its salt', ({ recordedAt }: RecordedEvent['metadata']) => ({ recordedAt: recordedAt! })],
    ['is stamped anew', (metadata: RecordedEvent['metadata']) => ({ ...metadata, recordedAt: 'now' })],
  ])('given a target in which metadata %s, then it is not verified and the first difference is named', async (_, spoil) => {
    const spoiling: EventStore = {
      ...target,
      append: (stream, events, expected) =>
        target.append(
          stream,
          events.map((event) => (event.data['n'] === 4 ? { ...event, metadata: spoil(event.metadata) } : event)),
          expected,
        ),
    }
    const migrated = await migrateLog(source, spoiling, silent)
    expect(migrated.difference).toMatch(/Event 5 of the log.*room-a revision 2.*different: metadata/)
    expect(migrated.source.sha256).not.toBe(migrated.target.sha256)
  })

  it('given a target that forgets an event, then it is not verified', async () => {
    const forgetful: EventStore = {
      ...target,
      async *readAll(options) {
        for await (const event of target.readAll(options)) if (event.stream !== 'erasures') yield event
      },
    }
    const migrated = await migrateLog(source, forgetful, silent)
    expect([migrated.source.count, migrated.target.count]).toEqual([7, 6])
    expect(migrated.difference).toMatch(/Event 4 of the log/)
  })

  it('given a log without any stream of the ledger, then it may come beside a ledger', async () => {
    const notes = createMemoryStore()
    await write(notes, ['notes-a', 'notes-b'])
    await migrateLog(source, target, silent)
    expect(await migrateLog(notes, target, silent)).toMatchObject({ copied: 2, difference: undefined })
  })

  it('given an empty source and a ledger as the target, then they are not called the same', async () => {
    await expect(migrateLog(createMemoryStore(), source, silent)).rejects.toThrow(/Event 1 of the log.*source has ended/)
  })

  it('given a stream that was deleted at the target, where numbers go on, then it stops and says so', async () => {
    const append: EventStore['append'] = async (...append) => {
      const result = await target.append(...append)
      return result.ok ? { ...result, revision: result.revision + 7 } : result
    }
    await expect(migrateLog(source, { ...target, append }, silent)).rejects.toThrow('Stream room-a was deleted at the target before.')
  })

  it('given a server in which appends that are under way overtake each other, then the order is kept all the same', async () => {
    let sent = 0
    const unruly: EventStore = {
      ...target,
      append: async (...append) => {
        // The first of each pair takes longer than the second.
        for (let rounds = (sent++ + 1) % 2; rounds > 0; rounds -= 1) await nextRound()
        return target.append(...append)
      },
    }
    await write(source, ['room-c', 'room-d', 'room-e', 'room-f'])
    expect(await migrateLog(source, unruly, silent)).toMatchObject({ difference: undefined })
    expect(await contentOf(target)).toEqual(await contentOf(source))
  })

  it('given a log whose beginning was removed, then it stops and says what is missing', async () => {
    const shortened: EventStore = { ...source, readAll: (options = {}) => source.readAll({ ...options, after: 1n }) }
    await expect(migrateLog(shortened, target, silent)).rejects.toThrow(/room-a: .*revision 1, but the target has 0 events.*holes/)
  })

  it.each([
    ['a stream of the server', '$settings', anEvent(0), /names that begin with \$/],
    ['a type of the server', 'room-x', anEvent(0, { type: '$>' }), /names that begin with \$/],
    ['an id that is no UUID', 'room-x', anEvent(0, { id: 'e-1' }), /lower-case UUIDs.*revision 0 of stream room-x: e-1/],
    ['an upper-case UUID', 'room-x', anEvent(0, { id: 'AAAAAAAA-0000-4000-8000-000000000000' }), /lower-case UUIDs/],
  ])('given %s, when the target is EventStoreDB, then it is refused before anything is written', async (_, stream, event, message) => {
    await source.append(stream, [event], 'any')
    await expect(migrateLog(source, { ...target, engine: 'eventstoredb' }, silent)).rejects.toThrow(message)
    expect(await contentOf(target)).toEqual([])
  })

  it('given an event that is too large for the target, then it names the stream', async () => {
    const small: EventStore = { ...target, append: () => Promise.reject(new RangeError('above the size limit')) }
    await expect(migrateLog(source, small, silent)).rejects.toThrow('Stream room-a, from revision 0: above the size limit')
  })

  it('given what projections of EventStoreDB emitted, then it is not taken along: the target makes its own', async () => {
    await write(source, ['roomHistory-a', 'ownerTrail-a'])
    await write(target, ['roomHistory-a'])
    expect(await migrateLog(source, target, silent)).toMatchObject({ copied: 7, difference: undefined })
  })
})

describe('batches', () => {
  async function* logOf(streams: readonly string[], size = 1): AsyncGenerator<RecordedEvent> {
    const revisions = new Map<string, number>()
    for (const [n, stream] of streams.entries()) {
      const revision = (revisions.get(stream) ?? -1) + 1
      revisions.set(stream, revision)
      yield { ...anEvent(n, { data: { text: 'x'.repeat(size) } }), stream, revision, position: BigInt(n) }
    }
  }
  const sizes = async (log: AsyncIterable<RecordedEvent>) => {
    const found: string[] = []
    for await (const batch of batchesOf(log)) found.push(`${batch[0]!.stream} ${batch.length}`)
    return found
  }

  it('hold neighbours of one stream only, so that the order of the log is kept', async () => {
    expect(await sizes(logOf(inTurns))).toEqual(['room-a 1', 'room-b 1', 'room-a 1', 'erasures 1', 'room-a 2', 'room-b 1'])
  })

  it('stay below what one append may hold, in events and in bytes', async () => {
    expect(await sizes(logOf(Array.from({ length: 1_200 }, () => 'room-a')))).toEqual(['room-a 500', 'room-a 500', 'room-a 200'])
    expect(await sizes(logOf(['room-a', 'room-a', 'room-a'], 250_000))).toEqual(['room-a 2', 'room-a 1'])
    expect(await sizes(logOf(['room-a', 'room-a'], 900_000))).toEqual(['room-a 1', 'room-a 1'])
  })
})
