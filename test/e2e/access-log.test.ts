import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeKeysFile } from '../support/keys-file.js'
import { stepsIn } from '../support/steps.js'
import { engineUnderTest, realServer } from '../support/test-store.js'
import { createWorld, eventually, type World } from '../support/world.js'

const stream = 'auditAccess'
const path = '/v1/audit/access-log'

describe('the record of who looked', () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  beforeAll(async () => {
    world = await createWorld()
    steps = stepsIn(world)
  })
  afterAll(() => world.close())

  /** A call under a request id of its own, and what is recorded under that. */
  const recordsOf = async (ask: (requestId: string) => PromiseLike<{ status: number }>) => {
    const requestId = randomUUID()
    const { status } = await ask(requestId)
    const events = (await world.store.events(stream)).filter(({ data }) => data['requestId'] === requestId)
    return { requestId, status, events }
  }
  const get = (url: string) => (requestId: string) => world.api('get', url).set('X-Request-Id', requestId)

  it('given a read of the record itself, then who, what, filter, when and request id stand in a stream of their own', async () => {
    const { requestId, status, events } = await recordsOf((id) => get(`${path}?limit=3`)(id).set('On-Behalf-Of', 'Erika M.'))
    expect(status).toBe(200)
    expect(events).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        stream,
        revision: expect.any(Number),
        position: expect.anything(),
        type: 'AuditAccessed',
        data: {
          requestId,
          requestedBy: { kind: 'apiKey', id: 'all', onBehalfOf: 'Erika M.' },
          method: 'GET',
          route: path,
          path,
          query: { limit: '3' },
        },
        metadata: {
          schema: 1,
          occurredAt: events[0]!.metadata['recordedAt'],
          recordedAt: expect.stringMatching(/Z$/),
          source: 'command',
          timeSource: 'received',
          salt: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
          actor: { kind: 'apiClient', id: 'all' },
          sdkAppId: expect.any(Number),
        },
      },
    ])
  })

  it('given calls, then they are listed youngest first, page by page, and the listing itself stands at the top', async () => {
    const ids = Array.from({ length: 5 }, () => randomUUID())
    for (const id of ids) await get('/v1/projections')(id).expect(200)
    const own = randomUUID()
    const first = (await get(`${path}?limit=2`)(own).expect(200)).body
    expect(first.items.map(({ requestId }: { requestId: string }) => requestId)).toEqual([own, ids[4]])
    const seen: string[] = first.items.map(({ requestId }: { requestId: string }) => requestId)
    let cursor = first.nextCursor
    for (let page = 0; page < 2; page += 1) {
      const { items, nextCursor } = (await world.api('get', `${path}?limit=2&cursor=${cursor}`).expect(200)).body
      seen.push(...items.map(({ requestId }: { requestId: string }) => requestId))
      cursor = nextCursor
    }
    expect(seen).toEqual([own, ...ids.toReversed()])
    const [, { eventId, recordedAt, ...rest }] = first.items
    expect(rest).toEqual({
      requestId: ids[4],
      requestedBy: { kind: 'apiKey', id: 'all' },
      method: 'GET',
      route: '/v1/projections',
      path: '/v1/projections',
      query: {},
      cut: false,
    })
    expect([eventId, recordedAt]).toEqual([expect.any(String), expect.stringMatching(/Z$/)])
  })

  it('given the same call again, then it is another access; given two at once, then both stand there', async () => {
    const { events } = await recordsOf(async (id) => {
      const answers = await Promise.all([1, 2, 3, 4, 5].map(() => get('/v1/quarantine')(id)))
      return answers[0]!
    })
    expect(events).toHaveLength(5)
    expect(new Set(events.map(({ id }) => id)).size).toBe(5)
  })

  it.each([
    ['a filter that is none', `${path}?limit=0`, 400],
    ['a parameter that nobody knows', `${path}?nonsense=1`, 400],
    ['a cursor that is none', `${path}?cursor=none`, 400],
    ['a callback that is not there', '/v1/quarantine/0e8e1f0e-0000-4000-8000-000000000000/replay', 404],
  ])('given %s, then the call is refused and recorded all the same', async (_, url, expected) => {
    const method = url.endsWith('replay') ? 'post' : 'get'
    const { status, events } = await recordsOf((id) => world.api(method, url).set('X-Request-Id', id))
    expect([status, events.length]).toEqual([expected, 1])
  })

  it('given no credential, a wrong one, or one without the scope, then nothing is recorded: they got nothing', async () => {
    const anonymous = await recordsOf((id) => world.anonymous.get(path).set('X-Request-Id', id))
    const wrong = await recordsOf((id) => world.anonymous.get(path).set('X-Request-Id', id).set('Authorization', 'Bearer wrong'))
    const reader = await recordsOf((id) => world.reader('get', path).set('X-Request-Id', id))
    expect([anonymous, wrong, reader].map(({ status, events }) => [status, events.length])).toEqual([
      [401, 0],
      [401, 0],
      [403, 0],
    ])
  })

  it('given calls that need other scopes, then nothing is recorded', async () => {
    for (const url of ['/v1/rooms', '/v1/events', '/v1/consumers', '/metrics', '/health/ready'])
      expect((await recordsOf(get(url))).events).toEqual([])
  })

  it('given a secret where none belongs, then it is not in the record, which is for good', async () => {
    const { events, status } = await recordsOf(get(`${path}?access_token=${world.secret}&limit=5${world.secret}&cursor=x`))
    expect(status).toBe(400)
    expect(events[0]!.data['query']).toEqual({ access_token: '[redacted]', limit: '[redacted]', cursor: 'x' })
    expect(JSON.stringify(events.map(({ data, metadata }) => [data, metadata]))).not.toContain(world.secret)
  })

  it('given a very long query, then the record is of bounded size and says that there was more', async () => {
    const { events } = await recordsOf(get(`${path}?cursor=${'x'.repeat(9000)}`))
    expect(events[0]!.data).toMatchObject({ cut: true, query: { cursor: 'x'.repeat(500) } })
    const { items } = (await world.api('get', `${path}?limit=2`)).body
    expect(items[1]).toMatchObject({ cut: true })
  })

  it('given an order of an administrator, then it stands in the record with the room, and the room and its feed know nothing of it', async () => {
    await steps.create('looked-into').set('Prefer', 'wait=10').expect(200)
    // The first look learns what no callback tells.
    await steps.reconcile('looked-into').expect(200)
    const before = (await world.store.events('room-looked-into')).length
    const { events, status } = await recordsOf((id) => steps.reconcile('looked-into').set('X-Request-Id', id))
    expect([status, events.map(({ data }) => data['path'])]).toEqual([200, ['/v1/rooms/looked-into/reconcile']])
    expect(events[0]!.data).toMatchObject({ method: 'POST', route: '/v1/rooms/{roomId}/reconcile' })
    expect((await world.store.events('room-looked-into')).length).toBe(before)
    const feed = (await world.api('get', '/v1/events?limit=500').expect(200)).body.events
    expect(feed.filter(({ type }: { type: string }) => type.includes('AuditAccessed'))).toEqual([])
  })

  it('given reads of the audit, then projections and search index are up to date all the same', async () => {
    for (let i = 0; i < 20; i += 1) await world.api('get', path).expect(200)
    const { items } = await eventually(
      async () => (await world.api('get', '/v1/projections')).body,
      (body) => body.items.every(({ lag }: { lag: number }) => lag === 0),
    )
    expect(items.length).toBeGreaterThan(0)
    expect((await world.anonymous.get('/health/ready')).status).toBe(200)
    expect((await world.api('get', '/v1/quarantine')).body.items).not.toContainEqual(
      expect.objectContaining({ command: expect.anything(), why: undefined }),
    )
  })

  it('given a restart, then the record goes on where it was', async () => {
    const { requestId } = await recordsOf(get('/v1/projections'))
    await world.restart()
    const { items } = (await world.api('get', `${path}?limit=2`).expect(200)).body
    expect(items[1]).toMatchObject({ requestId })
  })

  it('given metrics that need a scope, then those who scrape them are not recorded', async () => {
    const file = await writeKeysFile(world.folder, {
      scraper: ['admin'],
      [world.secret]: ['rooms:read', 'rooms:command', 'audit:read', 'admin'],
    })
    await world.restart({ METRICS_SCOPE: 'admin', API_KEYS_FILE: file })
    const scrape = await recordsOf((id) => world.anonymous.get('/metrics').set('Authorization', 'Bearer scraper').set('X-Request-Id', id))
    expect([scrape.status, scrape.events.length]).toEqual([200, 0])
    await world.restart()
  })
})

// A real server is not ours to take away.
if (realServer === undefined || engineUnderTest !== 'eventstoredb')
  describe('a store that takes nothing', () => {
    it(
      'given one, when an administrator has a room reconciled, then it is 503 and the vendor was not asked; later it goes again',
      { timeout: 60_000 },
      async () => {
        const world = await createWorld()
        const steps = stepsIn(world)
        try {
          await steps.create('not-looked-into').set('Prefer', 'wait=10').expect(200)
          const looks = async () => {
            const { text } = await world.anonymous.get('/metrics')
            return Number(/^room_ledger_vendor_calls_total\{api="get_room_info",outcome="ok"\} (\d+)/m.exec(text)?.[1] ?? 0)
          }
          const before = await looks()
          const release = await takeAway(world)
          const { status, body, headers } = await steps.reconcile('not-looked-into')
          expect([status, body.type, headers['retry-after']]).toEqual([503, '/problems/store-unavailable', expect.any(String)])
          expect(await looks()).toBe(before)
          if (!release) return
          release()
          expect((await steps.reconcile('not-looked-into')).status).toBe(200)
          expect(await looks()).toBe(before + 1)
        } finally {
          await world.close()
        }
      },
    )

    /** @returns what gives it back, where that can be. */
    const takeAway = async (world: World): Promise<(() => void) | undefined> => {
      if (engineUnderTest === 'eventstoredb') {
        await world.store.close()
        return undefined
      }
      const other = new DatabaseSync(world.store.url.slice('sqlite:'.length))
      other.exec('BEGIN IMMEDIATE')
      return () => other.close()
    }
  })
