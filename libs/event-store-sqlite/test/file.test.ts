import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { appendOk, event, eventsUpTo } from '../../event-store/test/store-fixture.js'
import { openSqliteEventStore } from '../src/index.js'
import { directoryForTest } from './temporary-directory.js'

const openForTest = async () => {
  const directory = directoryForTest()
  const path = join(directory, 'store.db')
  const store = await openSqliteEventStore(path)
  onTestFinished(() => store.close())
  return { directory, path, store }
}

describe('the file', () => {
  it('shows a plain SQLite tool one readable row an event, while the store is at work', async () => {
    const { path, store } = await openForTest()
    const metadata = { occurredAt: '2026-03-26T17:29:16.000Z', recordedAt: '2026-03-26T17:29:17.123Z', source: 'callback' }
    const moved = event(0, { type: 'OwnerChanged', data: { roomId: 'räume/1', to: 'bob' }, metadata })
    await appendOk(store, 'room-räume/1', [event(), moved])
    using tool = new DatabaseSync(path, { readOnly: true })
    expect(tool.prepare('SELECT * FROM events WHERE position = 2').get()).toEqual({
      position: 2,
      stream: 'room-räume/1',
      revision: 1,
      id: moved.id,
      type: 'OwnerChanged',
      occurred_at: '2026-03-26T17:29:16.000Z',
      recorded_at: '2026-03-26T17:29:17.123Z',
      data: '{"roomId":"räume/1","to":"bob"}',
      metadata: JSON.stringify(metadata),
      checksum: expect.any(Number),
    })
    await appendOk(store, 'room-räume/1', [event()])
    expect(tool.prepare('SELECT count(*) AS n FROM events').get()).toEqual({ n: 3 })
  })

  it('is one file, its lock and what it reaches to once the store is closed', async () => {
    const { directory, store } = await openForTest()
    await appendOk(store, 'room-1', eventsUpTo(10))
    await store.close()
    expect(readdirSync(directory).toSorted()).toEqual(['store.db', 'store.db-head', 'store.db-lock'])
  })

  it('numbers positions without a hole, also over appends that failed and over a restart', async () => {
    const { path, store } = await openForTest()
    const unwritable = event(0, { data: { n: 1n } as never })
    await Promise.allSettled([
      store.append('room-1', eventsUpTo(3), 'noStream'),
      store.append('room-1', eventsUpTo(3), 'noStream'),
      store.append('room-2', [unwritable], 'any'),
      store.append('room-2', eventsUpTo(2), 'any'),
    ])
    await store.close()
    const again = await openSqliteEventStore(path)
    onTestFinished(() => again.close())
    await appendOk(again, 'room-3', [event()])
    const positions: bigint[] = []
    for await (const { position } of again.readAll()) positions.push(position)
    expect(positions).toEqual([1n, 2n, 3n, 4n, 5n, 6n])
  })

  it('writes what was asked for before it closes', async () => {
    const { path, store } = await openForTest()
    const asked = Promise.all([1, 2, 3].map((n) => store.append(`room-${n}`, [event(n)], 'noStream')))
    await store.close()
    expect((await asked).every(({ ok }) => ok)).toBe(true)
    const again = await openSqliteEventStore(path)
    onTestFinished(() => again.close())
    expect(await again.head()).toBe(3n)
  })
})
