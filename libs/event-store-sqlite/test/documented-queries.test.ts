import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { EventToAppend, JsonObject } from '#event-store'
import { openSqliteEventStore } from '../src/index.js'
import { directoryForTest } from './temporary-directory.js'

const page = readFileSync(new URL('../../../docs/reference/sqlite-file.md', import.meta.url), 'utf8')
const queries = [...page.matchAll(/```sql\n(.*?)```/gs)].map(([, sql]) => sql!)
const [owners, history, bodies] = queries

const body = '{"CallbackCommand":"Live.CallbackAfterChangeOwner",  "RoomId":"demo"}'
const bodySha256 = createHash('sha256').update(body).digest('hex')
const at = (minute: number) => `2026-03-26T17:0${minute}:00.000Z`
const room = (minute: number, type: string, data: JsonObject, metadata: JsonObject = {}): EventToAppend => ({
  id: randomUUID(),
  type,
  data: { roomId: 'demo', ...data },
  metadata: { occurredAt: at(minute), recordedAt: at(minute), source: 'callback', actor: { kind: 'account', id: 'alice' }, ...metadata },
})
const callback = { command: 'Live.CallbackAfterChangeOwner', receivedFrom: '203.0.113.7', bodySha256, body }
const story: readonly EventToAppend[] = [
  room(0, 'RoomCreated', { owner: 'alice', info: {} }),
  room(
    1,
    'OwnerChangeRequested',
    { operationId: 'op-1', reason: 'shift change', requestedBy: { kind: 'apiKey', id: 'dashboard' } },
    { source: 'command' },
  ),
  room(2, 'OwnerChanged', { from: 'alice', to: 'bob' }, { operationId: 'op-1', callback }),
  room(3, 'RoomObserved', { exists: true, owner: 'carol' }, { source: 'reconciliation' }),
  room(4, 'RoomObserved', { exists: true }, { source: 'reconciliation' }),
  room(5, 'RoomDestroyed', { cause: 'DestroyBySystem' }),
  room(6, 'RoomCreated', { owner: 'dora', info: {} }),
]

const openWith = async (events: readonly EventToAppend[]) => {
  const path = join(directoryForTest(), 'store.db')
  const store = await openSqliteEventStore(path)
  onTestFinished(() => store.close())
  await store.append('room-demo', events, 'noStream')
  await store.append('room-demo2', events, 'noStream')
  const tool = new DatabaseSync(path, { readOnly: true })
  onTestFinished(() => tool.close())
  return (query: string | undefined) => tool.prepare(query!).all()
}

describe('the queries of docs/reference/sqlite-file.md', () => {
  it('are three', () => expect(queries).toHaveLength(3))

  it('say who owned a room, and until when', async () => {
    const ask = await openWith(story)
    expect(ask(owners)).toEqual([
      { since: at(0), until: at(2), owner: 'alice', type: 'RoomCreated' },
      { since: at(2), until: at(3), owner: 'bob', type: 'OwnerChanged' },
      { since: at(3), until: at(5), owner: 'carol', type: 'RoomObserved' },
      { since: at(6), until: null, owner: 'dora', type: 'RoomCreated' },
    ])
  })

  it('say what happened, and who had asked for it and why', async () => {
    const ask = await openWith(story)
    const rows = ask(history)
    expect(rows.map(({ type }) => type)).toEqual(story.map(({ type }) => type))
    expect(rows[0]).toMatchObject({ revision: 0, occurred_at: at(0), source: 'callback', actor: 'alice', requested_by: null, reason: null })
    expect(rows[2]).toMatchObject({ revision: 2, requested_by: 'dashboard', reason: 'shift change' })
  })

  it('show what the vendor sent, byte for byte', async () => {
    const ask = await openWith(story)
    const sent = ask(bodies).find(({ command }) => command === 'Live.CallbackAfterChangeOwner')
    expect(sent).toEqual({ recorded_at: at(2), command: callback.command, received_from: '203.0.113.7', body_sha256: bodySha256, body })
  })
})
