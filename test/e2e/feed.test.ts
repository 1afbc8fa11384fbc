import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeCursor, decodeCursor } from '#feed'
import { openSse, SseRefused, type SseMessage } from '../support/sse-client.js'
import { createWorld, eventually, type World } from '../support/world.js'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const time = Date.now() - 3_600_000
const change = (roomId: string, n: number) =>
  world
    .callback({
      CallbackCommand: 'Live.CallbackAfterChangeOwner',
      EventTime: time + n,
      RoomId: roomId,
      Operator_Account: 'anna',
      CurrentOwner_Account: `owner-${n}`,
    })
    .expect(200)
const now = async (): Promise<string> => (await world.api('get', '/v1/events?after=now').expect(200)).body.cursor
const get = (query: string) => world.api('get', `/v1/events?${query}`)
const owners = (events: readonly { data: { to?: string } }[]): (string | undefined)[] => events.map(({ data }) => data.to)

describe('the paged feed', () => {
  it('given a request and what became of it, then both are shown in the order of recording, and the cursor leads on', async () => {
    const cursor = await now()
    await world.api('put', '/v1/rooms/feed-paged/owner').send({ newOwner: 'bob' })
    const { body } = await get(`after=${cursor}&roomId=feed-paged`)
    expect(body.events.map(({ type }: { type: string }) => type)).toEqual([
      'room-ledger.OwnerChangeRequested',
      'room-ledger.RequestRejected',
    ])
    expect(body.cursor).toBe(body.events[1].cursor)
    expect((await get(`after=${body.cursor}&roomId=feed-paged`)).body).toEqual({ events: [], cursor: body.cursor })
  })

  it('given facts that come out of order, then they stand in the order of recording, page by page, also after a restart', async () => {
    const cursor = await now()
    for (const n of [3, 1, 2, 0, 4]) await change('feed-pages', n)
    const first = (await get(`after=${cursor}&limit=2`)).body
    await world.restart()
    const second = (await get(`after=${first.cursor}&limit=2`)).body
    const third = (await get(`after=${second.cursor}&limit=2`)).body
    expect(owners([...first.events, ...second.events, ...third.events])).toEqual([3, 1, 2, 0, 4].map((n) => `owner-${n}`))
    expect(first.events[1].revision).toBe(1)
  })

  it('given somebody who has just written, when he asks, then it is there, however far the live readers are', async () => {
    await get(`after=${await now()}&wait=1&roomId=feed-nobody`)
    for (let n = 0; n < 20; n += 1) {
      const cursor = await now()
      await change('feed-just-written', n)
      expect(owners((await get(`after=${cursor}&roomId=feed-just-written`)).body.events)).toEqual([`owner-${n}`])
    }
  })

  it('given types and a room, then nothing else comes, and the cursor moves on past the rest', async () => {
    const cursor = await now()
    await change('feed-types', 1)
    await world.api('put', '/v1/rooms/feed-types/owner').send({ newOwner: 'bob' })
    await change('feed-types-other', 2)
    const { body } = await get(`after=${cursor}&types=OwnerChanged,RoomCreated&roomId=feed-types`)
    expect(owners(body.events)).toEqual(['owner-1'])
    const none = (await get(`after=${cursor}&roomId=feed-types-nobody`)).body
    expect(none.events).toEqual([])
    expect((await get(`after=${none.cursor}&roomId=feed-types`)).body.events).not.toContainEqual(body.events[0])
  })

  it('given somebody who waits, when an event comes, then he has it; when none comes, he is told so in time', async () => {
    const cursor = await now()
    const waiting = get(`after=${cursor}&wait=30&roomId=feed-wait`).then(({ body }) => body)
    await change('feed-wait-other', 1)
    await change('feed-wait', 2)
    expect(owners((await waiting).events)).toEqual(['owner-2'])
    expect((await get(`after=${await now()}&wait=1&roomId=feed-wait`)).body.events).toEqual([])
  })

  it('given somebody who waits, when the service stops, then he has an answer', async () => {
    const waiting = get(`after=${await now()}&wait=30&roomId=feed-nobody`).then(({ status }) => status)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await world.restart()
    expect(await waiting).toBe(200)
  })

  it.each([
    ['after=yesterday', 'after'],
    ['after=', 'after'],
    ['limit=0', 'limit'],
    ['limit=10000', 'limit'],
    ['limit=ten', 'limit'],
    ['wait=31', 'wait'],
    ['wait=-1', 'wait'],
    ['types=OwnerSwapped', 'types'],
    ['types=', 'types'],
    ['types=OwnerChanged,', 'types'],
    [`roomId=${'a'.repeat(49)}`, 'roomId'],
    ['since=2026-01-01', 'since'],
  ])('given %s, then 400 names the field', async (query, field) => {
    const { status, body } = await get(query)
    expect([status, body.type, Object.keys(body.errors)]).toEqual([400, '/problems/invalid-request', [field]])
  })

  it('given a cursor of another ledger, or of an event that is not there, then 409 says which', async () => {
    await change('feed-cursors', 1)
    const cursor = decodeCursor(await now())!
    const foreign = encodeCursor({ ...cursor, ledger: cursor.ledger === '00000000' ? '11111111' : '00000000' })
    const beyond = encodeCursor({ ...cursor, revision: cursor.revision + 1_000 })
    expect(await get(`after=${foreign}`)).toMatchObject({ status: 409, body: { type: '/problems/cursor-of-another-ledger' } })
    expect(await get(`after=${beyond}`)).toMatchObject({ status: 409, body: { type: '/problems/cursor-not-in-ledger' } })
  })
})

describe('the live feed', () => {
  const headers = () => ({ Authorization: `Bearer ${world.secret}` })
  const open = (query: string, messages: SseMessage[], lastEventId?: string) =>
    openSse(`${world.url}/v1/events/stream?${query}`, { headers: headers(), lastEventId, onMessage: (message) => messages.push(message) })
  const told = (messages: readonly SseMessage[]) => owners(messages.map(({ data }) => JSON.parse(data)))

  it('given what was there and what comes, then all of it is sent, each with its cursor and type', async () => {
    const cursor = await now()
    await change('feed-live', 1)
    const messages: SseMessage[] = []
    const line = await open(`after=${cursor}&roomId=feed-live`, messages)
    await eventually(() => messages.length === 1)
    await change('feed-live-other', 2)
    await change('feed-live', 3)
    await eventually(() => messages.length === 2)
    line.cut()
    expect(told(messages)).toEqual(['owner-1', 'owner-3'])
    expect(messages[0]).toMatchObject({ id: JSON.parse(messages[0]!.data).cursor, event: 'room-ledger.OwnerChanged' })
    expect((await get(`after=${messages[0]!.id}&roomId=feed-live`)).body.events).toEqual([JSON.parse(messages[1]!.data)])
  })

  it('given a stream that broke off, when it comes again with the last id, then it goes on behind that, whatever `after` says', async () => {
    const cursor = await now()
    for (const n of [1, 2, 3]) await change('feed-resumed', n)
    const before: SseMessage[] = []
    const line = await open(`after=${cursor}`, before)
    await eventually(() => before.length === 3)
    line.cut()
    const after: SseMessage[] = []
    await world.restart()
    await change('feed-resumed', 4)
    const again = await open(`after=start`, after, before[1]!.id)
    await eventually(() => after.length === 2)
    again.cut()
    expect(told(after)).toEqual(['owner-3', 'owner-4'])
  })

  it('given subscribers, when the service stops, then it ends their streams and does not wait for them', async () => {
    const lines = await Promise.all(Array.from({ length: 20 }, () => open('after=now', [])))
    const began = performance.now()
    await world.restart()
    await Promise.all(lines.map(({ ended }) => ended))
    expect(performance.now() - began).toBeLessThan(8_000)
  })

  it('given a bad place or filter, then there is no stream but a problem', async () => {
    const refused = (query: string, lastEventId?: string) =>
      open(query, [], lastEventId).then(
        () => undefined,
        (error: SseRefused) => [error.status, Object.keys(JSON.parse(error.body).errors)],
      )
    expect(await refused('after=yesterday')).toEqual([400, ['after']])
    expect(await refused('', 'yesterday')).toEqual([400, ['Last-Event-ID']])
    expect(await refused('types=OwnerSwapped')).toEqual([400, ['types']])
    expect(await refused('limit=5')).toEqual([400, ['limit']])
    expect(await refused('wait=5')).toEqual([400, ['wait']])
  })

  it('given a page at another origin that is allowed, then its browser may read the stream', async () => {
    await world.restart({ CORS_ORIGINS: 'https://dashboard.example.org' })
    const gone = new AbortController()
    const answer = await fetch(`${world.url}/v1/events/stream?after=now`, {
      headers: { ...headers(), Origin: 'https://dashboard.example.org' },
      signal: gone.signal,
    })
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': 'https://dashboard.example.org',
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-content-type-options': 'nosniff',
    })
    gone.abort()
  })
})
