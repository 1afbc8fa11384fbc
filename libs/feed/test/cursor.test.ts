import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../event-store/test/memory-store.js'
import { createFeed, decodeCursor, encodeCursor } from '../src/index.js'
import { placeAt, recorded, write } from './given.js'

const ledgerOf = async (...rooms: readonly string[]) => {
  const store = createMemoryStore()
  for (const room of rooms) await write(store, `room-${room}`, recorded())
  return { store, feed: createFeed({ store }) }
}

describe('a cursor', () => {
  it('given any room id, then it is read back as it was made', () => {
    const hex8 = fc.stringMatching(/^[\da-f]{8}$/)
    fc.assert(
      fc.property(hex8, hex8, fc.nat(), fc.string({ minLength: 1, unit: 'grapheme' }), (ledger, event, revision, roomId) => {
        const cursor = { ledger, event, revision, roomId }
        expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor)
      }),
    )
  })

  it('given any other text, then it is none', () => {
    fc.assert(fc.property(fc.string(), (text) => void expect(decodeCursor(text)).toBeUndefined()))
    const cursor = encodeCursor({ ledger: '0123abcd', event: '0123abcd', revision: 7, roomId: 'a' })
    for (const altered of [`${cursor}=`, cursor.slice(0, -1), ` ${cursor}`, cursor.toLowerCase()])
      expect(decodeCursor(altered)).toBeUndefined()
  })

  it('given an event, then its cursor leads behind it, also on another store that holds the same events', async () => {
    const events = [recorded(), recorded(), recorded()]
    const stores = [createMemoryStore(), createMemoryStore()] as const
    // Positions differ where something else stands between.
    await write(stores[1], 'callbackQuarantine-x', recorded('CallbackQuarantined'))
    for (const store of stores) for (const [n, event] of events.entries()) await write(store, `room-${n % 2}`, event)
    const [a, b] = stores.map((store) => createFeed({ store })) as [ReturnType<typeof createFeed>, ReturnType<typeof createFeed>]
    const signal = new AbortController().signal
    const page = await a.page({ from: await placeAt(a, 'start'), filter: {}, limit: 2, waitMs: 0, signal })
    const rest = await b.page({ from: await placeAt(b, page.place.cursor), filter: {}, limit: 2, waitMs: 0, signal })
    expect(rest.events.map((text) => (JSON.parse(text) as { id: string }).id)).toEqual([events[2]!.id])
    expect(rest.place.cursor).toBe((await a.locate('now').then((found) => found.ok && found.place.cursor)) as string)
  })

  it('given an empty ledger, then both ends are its start', async () => {
    const { feed } = await ledgerOf()
    for (const text of ['start', 'now']) expect(await feed.locate(text)).toEqual({ ok: true, place: { position: -1n, cursor: 'start' } })
  })

  it('given the first event of all, written at any moment while it is asked for, then its cursor leads behind it', async () => {
    const signal = new AbortController().signal
    for (let moment = 0; moment < 8; moment += 1) {
      const store = createMemoryStore()
      let read = 0
      const meanwhile: typeof store = {
        ...store,
        readAll: async function* (options) {
          // What is read was there when the reading began.
          const events = await Array.fromAsync(store.readAll(options))
          if (read++ === moment) await write(store, 'room-a', recorded())
          yield* events
        },
      }
      const feed = createFeed({ store: meanwhile })
      const from = await placeAt(feed, 'start')
      let page = await feed.page({ from, filter: {}, limit: 10, waitMs: 0, signal })
      for (let tries = 0; page.events.length === 0 && tries < 10; tries += 1)
        page = await feed.page({ from, filter: {}, limit: 10, waitMs: 0, signal })
      expect(await feed.locate(page.place.cursor)).toEqual({ ok: true, place: expect.objectContaining({ cursor: page.place.cursor }) })
      expect(decodeCursor(page.place.cursor)).toMatchObject({ roomId: 'a', revision: 0 })
      feed.stop()
    }
  })

  it('given a cursor that leads nowhere, then it is said why', async () => {
    const { feed } = await ledgerOf('a', 'b')
    const other = await ledgerOf('a', 'b')
    const cursor = decodeCursor((await placeAt(feed, 'now')).cursor)!
    const problemOf = async (text: string) => (await feed.locate(text)) as { problem?: string }
    expect(await problemOf('yesterday')).toMatchObject({ problem: 'unreadable' })
    expect(await problemOf('')).toMatchObject({ problem: 'unreadable' })
    expect(await problemOf((await placeAt(other.feed, 'now')).cursor)).toMatchObject({ problem: 'another-ledger' })
    expect(await problemOf(encodeCursor({ ...cursor, revision: 1 }))).toMatchObject({ problem: 'not-in-ledger' })
    expect(await problemOf(encodeCursor({ ...cursor, roomId: 'c' }))).toMatchObject({ problem: 'not-in-ledger' })
    // Another event stands there: the ledger was restored, and went on.
    expect(await problemOf(encodeCursor({ ...cursor, event: '00000000' }))).toMatchObject({ problem: 'not-in-ledger' })
    const { feed: empty } = await ledgerOf()
    expect(await empty.locate(encodeCursor(cursor))).toMatchObject({ problem: 'not-in-ledger' })
  })
})
