import { describe, expect, it } from 'vitest'
import type { Anomaly } from '#audit-log'
import type { JsonObject } from '#event-store'
import { createMemoryStore } from '../../../libs/event-store/test/memory-store.js'
import { createAnomalies } from '../src/audit/read-anomalies.js'

const at = (ms: number): string => new Date(Date.UTC(2026, 2, 26, 17) + ms).toISOString()

/** Rooms of so many callbacks each, all of them late. */
const given = async (rooms: Readonly<Record<string, number>>) => {
  const store = createMemoryStore()
  let read = 0
  for (const [roomId, count] of Object.entries(rooms)) {
    const events = Array.from({ length: count }, (_, i) => ({
      id: `${roomId}-${i}`,
      type: 'RoomUpdated',
      data: { roomId, info: {} },
      metadata: {
        occurredAt: at(i),
        recordedAt: at(i + 100_000),
        source: 'callback',
        timeSource: 'eventTime',
        actor: { kind: 'account', id: 'anna' },
      } as JsonObject,
    }))
    await store.append(`room-${roomId}`, events, 'noStream')
  }
  const counted = {
    ...store,
    async *readStream(...args: Parameters<typeof store.readStream>) {
      for await (const event of store.readStream(...args)) {
        read += 1
        yield event
      }
    },
  }
  const roomIds = ({ limit, after = '' }: { limit: number; after?: string }) =>
    Object.keys(rooms)
      .toSorted()
      .filter((id) => id > after)
      .slice(0, limit)
  const anomalies = createAnomalies(counted, { roomIds })
  const walk = async (limit: number, kinds?: readonly string[]) => {
    const pages: { items: readonly Anomaly[]; read: number }[] = []
    for (let cursor: string | null | undefined; cursor !== null;) {
      read = 0
      const page = await anomalies({ lateMs: 60_000, limit, kinds, cursor })
      pages.push({ items: page.items, read })
      cursor = page.nextCursor
    }
    return pages
  }
  return { walk }
}
const eventsOf = (pages: readonly { items: readonly Anomaly[] }[]) =>
  pages.flatMap(({ items }) => items.flatMap(({ eventIds }) => eventIds))
const named = (count: number, each: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`r${String(i).padStart(5, '0')}`, each]))

describe('a walk for anomalies', () => {
  it('given more rooms than one answer looks at, then it goes on where it was, and an answer may be empty', async () => {
    const { walk } = await given(named(450, 1))
    const pages = await walk(500, ['owner-gap'])
    expect(pages.map(({ items, read }) => [items.length, read])).toEqual([
      [0, 200],
      [0, 200],
      [0, 50],
    ])
  })

  it('given more events than one answer looks at, then it ends behind the room in which that happens', async () => {
    const { walk } = await given({ a: 15_000, b: 4_999, c: 2, d: 1 })
    expect((await walk(500, ['owner-gap'])).map(({ read }) => read)).toEqual([20_001, 1])
  })

  it.each([1, 3, 10, 500])('given pages of %i, then each anomaly comes once, in order', async (limit) => {
    const { walk } = await given({ a: 3, b: 1, c: 0, d: 7, e: 2 })
    const pages = await walk(limit)
    expect(eventsOf(pages)).toEqual(['a-0', 'a-1', 'a-2', 'b-0', 'd-0', 'd-1', 'd-2', 'd-3', 'd-4', 'd-5', 'd-6', 'e-0', 'e-1'])
    for (const { items } of pages) expect(items.length).toBeLessThanOrEqual(limit)
  })

  it('given no room, then there is nothing', async () => {
    const { walk } = await given({})
    expect(eventsOf(await walk(50))).toEqual([])
  })
})
