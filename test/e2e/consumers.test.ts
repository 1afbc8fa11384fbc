import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stepsIn } from '../support/steps.js'
import { createWorld, eventually, type World } from '../support/world.js'

interface Event {
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly cursor: string
  readonly recordedtime: string
}
const typesOf = (events: readonly Event[]) => events.map(({ type }) => type.replace('room-ledger.', ''))
const idsOf = (events: readonly Event[]) => events.map(({ id }) => id)

describe('named consumers', () => {
  let world: World
  beforeAll(async () => void (world = await createWorld()))
  afterAll(() => world.close())

  const put = (name: string, body: object) => world.api('put', `/v1/consumers/${name}`).send(body)
  const find = (name: string) => world.api('get', `/v1/consumers/${name}`)
  const read = (name: string, query = '') => world.api('get', `/v1/consumers/${name}/events?${query}`)
  /** What was recorded a moment ago need not be there yet. */
  const readSome = (name: string, count: number, query = '') =>
    eventually(
      async () => (await read(name, query).expect(200)).body as { events: Event[]; cursor: string },
      ({ events }) => events.length >= count,
    )
  const ack = (name: string, cursor: unknown) => world.api('post', `/v1/consumers/${name}/ack`).send({ cursor } as object)
  /** What changes nothing at the vendor, and writes two events: request and rejection. */
  const twoEvents = (roomId: string) => stepsIn(world).giveTo(roomId, 'bob').expect(404)
  const lastCursor = async () => (await world.api('get', '/v1/events?after=now')).body.cursor as string
  const problem = (type: string) => ({ type: `/problems/${type}` })

  it('given a new consumer, when it reads, then the same again until it acknowledges, and then what follows', async () => {
    const made = await put('depot', { from: 'now' }).expect(201)
    expect(made.headers['location']).toBe('/v1/consumers/depot')
    expect(made.body).toMatchObject({ name: 'depot', from: 'now', types: null, createdBy: { kind: 'apiKey', id: 'all' }, lag: 0 })
    expect(made.body.oldestWaiting).toBeNull()
    await twoEvents('consumed-1')
    await twoEvents('consumed-2')

    const first = await readSome('depot', 3, 'limit=3')
    expect(typesOf(first.events)).toEqual(['OwnerChangeRequested', 'RequestRejected', 'OwnerChangeRequested'])
    expect((await read('depot', 'limit=3')).body).toEqual(first)
    expect((await find('depot')).body).toMatchObject({
      position: made.body.position,
      delivered: first.cursor,
      lag: 4,
      oldestWaiting: first.events[0]!.recordedtime,
    })

    expect((await ack('depot', first.events[1]!.cursor).expect(200)).body).toEqual({
      name: 'depot',
      position: first.events[1]!.cursor,
      delivered: first.cursor,
    })
    const second = await readSome('depot', 2)
    expect(second.events.map(({ subject }) => subject)).toEqual(['consumed-2', 'consumed-2'])
    await ack('depot', second.cursor).expect(200)
    await ack('depot', second.cursor).expect(200)
    expect((await read('depot')).body).toEqual({ events: [], cursor: second.cursor })
    expect((await find('depot')).body).toMatchObject({ position: second.cursor, lag: 0, oldestWaiting: null })
  })

  it('given a consumer of some types, then it gets those, and may acknowledge what lies beyond its last event', async () => {
    const before = await lastCursor()
    await put('rejections', { from: before, types: ['RequestRejected', 'RoomCreated', 'RequestRejected'] }).expect(201)
    await twoEvents('consumed-3')
    await twoEvents('consumed-3')
    const { events } = await readSome('rejections', 2)
    expect(typesOf(events)).toEqual(['RequestRejected', 'RequestRejected'])
    expect((await find('rejections')).body).toMatchObject({ lag: 2, types: ['RequestRejected', 'RoomCreated'] })
    await ack('rejections', events[0]!.cursor).expect(200)
    expect((await find('rejections')).body).toMatchObject({ lag: 1, oldestWaiting: events[1]!.recordedtime })

    await put('nothing-for-it', { from: before, types: ['RoomMetadataDeleted'] }).expect(201)
    const page = (await read('nothing-for-it')).body
    expect(page.events).toEqual([])
    expect(page.cursor).not.toBe(before)
    await ack('nothing-for-it', page.cursor).expect(200)
    expect((await find('nothing-for-it')).body.position).toBe(page.cursor)
  })

  it('given one that waits, then it is answered when there is something', async () => {
    await put('patient', { from: 'now' }).expect(201)
    const waiting = read('patient', 'wait=20').then(({ body }) => body)
    await twoEvents('consumed-4')
    expect((await waiting).events.length).toBeGreaterThan(0)
    await ack('patient', (await waiting).cursor).expect(200)
  })

  it('given two readers of one name, when one is slower, then both get everything, and its older acknowledgement is refused', async () => {
    await put('shared', { from: 'now' }).expect(201)
    await twoEvents('consumed-5')
    await readSome('shared', 2)
    const [one, other] = await Promise.all([read('shared', 'limit=1'), read('shared', 'limit=2')])
    expect(idsOf(other.body.events)[0]).toBe(idsOf(one.body.events)[0])
    await ack('shared', other.body.cursor).expect(200)
    expect((await ack('shared', one.body.cursor).expect(409)).body).toMatchObject(problem('ack-backwards'))
  })

  it('given a restart between reading and acknowledging, then nothing is lost, and now stays what it was', async () => {
    await put('restarted', { from: 'now' }).expect(201)
    await twoEvents('consumed-6')
    await world.restart()
    const page = await readSome('restarted', 2, 'limit=2')
    expect(typesOf(page.events)).toEqual(['OwnerChangeRequested', 'RequestRejected'])
    const before = (await find('restarted')).body
    await world.restart()
    expect((await find('restarted')).body).toEqual(before)
    await ack('restarted', page.cursor).expect(200)
    await world.restart()
    expect((await read('restarted')).body).toEqual({ events: [], cursor: page.cursor })
    expect((await put('restarted', { from: 'now' }).expect(200)).body.position).toBe(page.cursor)
  })

  it('given a name that is there, then the same settings are taken as done and others refused, also at the same time', async () => {
    await put('settings', { from: 'start', types: ['RoomCreated', 'OwnerChanged'] }).expect(201)
    await put('settings', { from: 'start', types: ['OwnerChanged', 'RoomCreated'] }).expect(200)
    for (const other of [
      { from: 'now', types: ['RoomCreated', 'OwnerChanged'] },
      { from: 'start' },
      { from: 'start', types: ['RoomCreated'] },
    ])
      expect((await put('settings', other).expect(409)).body).toMatchObject(problem('consumer-exists'))

    const raced = await Promise.all(['start', 'now', 'start', 'now'].map((from) => put('raced', { from })))
    const winner = (await find('raced')).body.from
    const expected = ['start', 'now', 'start', 'now'].map((from) => (from === winner ? [200, 201] : [409]))
    raced.forEach(({ status }, index) => expect(expected[index]).toContain(status))
    expect(raced.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  it('given one that was removed, then nothing is left of it for the next of its name', async () => {
    await put('renewed', { from: 'start' }).expect(201)
    await ack('renewed', (await read('renewed', 'limit=2')).body.cursor).expect(200)
    await world.api('delete', '/v1/consumers/renewed').expect(204)
    for (const answer of [
      await find('renewed'),
      await read('renewed'),
      await ack('renewed', 'start'),
      await world.api('delete', '/v1/consumers/renewed'),
    ])
      expect([answer.status, answer.body.type]).toEqual([404, '/problems/not-found'])
    await put('renewed', { from: 'start' }).expect(201)
    expect((await find('renewed')).body).toMatchObject({ position: 'start', delivered: 'start' })
    const all = (await world.api('get', '/v1/events?limit=2')).body.events
    expect((await ack('renewed', all[0].cursor).expect(409)).body).toMatchObject(problem('ack-beyond-delivery'))
    expect((await read('renewed', 'limit=2')).body.events).toEqual(all)
  })

  it('given all of them, then they are listed by name, page by page, and the metrics tell their lag', async () => {
    for (const name of ['z.last', 'A-first', '_', '7']) await put(name, { from: 'now' }).expect(201)
    await twoEvents('consumed-7')
    const { items } = (await world.api('get', '/v1/consumers?limit=500')).body
    const names = items.map(({ name }: { name: string }) => name)
    expect(names).toEqual(expect.arrayContaining(['z.last', 'A-first', '_', '7', 'depot']))
    expect(names).toEqual(names.toSorted())
    expect(items.find(({ name }: { name: string }) => name === '7')).toEqual((await find('7')).body)
    const paged: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await world.api('get', `/v1/consumers?limit=3${cursor && `&cursor=${cursor}`}`)
      paged.push(...body.items.map(({ name }: { name: string }) => name))
      cursor = body.nextCursor
    }
    expect(paged).toEqual(names)
    const metrics = await eventually(
      async () => (await world.anonymous.get('/metrics')).text,
      (text) => text.includes('room_ledger_consumer_lag{consumer="7"} 2'),
    )
    expect(metrics).toMatch(/^room_ledger_feed_streams 0$/m)
  })

  it('given all that consumers do, then the feed has none of it, and nothing else minds', async () => {
    const before = await lastCursor()
    await put('unseen', { from: 'start' }).expect(201)
    await ack('unseen', (await read('unseen')).body.cursor).expect(200)
    expect((await world.api('get', `/v1/events?after=${before}`)).body).toEqual({ events: [], cursor: before })
    expect((await world.store.events('feedConsumer')).length).toBeGreaterThan(0)
    // Nor does it keep what is computed from the log from being up to date.
    await eventually(
      async () => (await world.anonymous.get('/metrics')).text.match(/^room_ledger_(directory|projection)_lag\b.*$/gm) ?? [],
      (lags) => lags.length === 3 && lags.every((line) => line.endsWith(' 0')),
    )
    expect((await world.api('get', '/v1/quarantine')).body.items).toEqual([])
  })

  describe('what is refused', () => {
    const unheld = () => Buffer.from(`${Buffer.from(cursor, 'base64url').toString().slice(0, 16)}900000@consumed-8`).toString('base64url')
    const foreign = () => Buffer.from(`00000000${Buffer.from(cursor, 'base64url').toString().slice(8)}`).toString('base64url')
    let cursor: string
    beforeAll(async () => {
      await twoEvents('consumed-8')
      cursor = await lastCursor()
      await put('refusing', { from: 'start' }).expect(201)
    })

    it.each<[string, unknown, string]>([
      ['nothing', {}, 'from'],
      ['no body', undefined, 'body'],
      ['null', { from: null }, 'from'],
      ['a number', { from: 1 }, 'from'],
      ['an unreadable cursor', { from: 'nonsense' }, 'from'],
      ['a cursor too long for one', { from: 'a'.repeat(201) }, 'from'],
      ['an unknown field', { from: 'start', roomId: 'a' }, 'roomId'],
      ['no type at all', { from: 'start', types: [] }, 'types'],
      ['an unknown type', { from: 'start', types: ['OwnerChanged', 'Unheard'] }, 'types'],
      ['types as text', { from: 'start', types: 'OwnerChanged' }, 'types'],
      ['types of null', { from: 'start', types: null }, 'types'],
    ])('given a registration with %s, then 400 names it', async (_, body, field) => {
      const answer = await put('refused', body as object)
      expect([answer.status, answer.body.type, Object.keys(answer.body.errors)]).toEqual([400, '/problems/invalid-request', [field]])
      await find('refused').expect(404)
    })

    it.each(['a'.repeat(65), 'with%20blank', 'sl%2Fash', '%C3%A9t%C3%A9', 'line%0A'])('given the name %s, then 400', async (name) => {
      for (const answer of [await put(name, { from: 'start' }), await find(name), await read(name), await ack(name, 'start')]) {
        expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, ['name']])
        expect(answer.body.detail).toContain('64')
      }
    })
    it('given a name of 64, then it is taken', () => put('n'.repeat(64), { from: 'now' }).expect(201))

    it.each(['limit=0', 'limit=501', 'limit=10000', 'limit=x', 'wait=31', 'wait=-1', 'after=start', 'types=RoomCreated'])(
      'given a page with %s, then 400',
      async (query) => {
        const answer = await read('refusing', query)
        expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, [query.split('=')[0]]])
      },
    )
    it.each(['limit=0', 'cursor=nonsense', 'colour=red'])('given a list with %s, then 400', async (query) => {
      const answer = await world.api('get', `/v1/consumers?${query}`)
      expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, [query.split('=')[0]]])
    })

    it.each<[string, () => unknown]>([
      ['nothing', () => undefined],
      ['null', () => null],
      ['now', () => 'now'],
      ['what is no cursor', () => 'nonsense'],
    ])('given an acknowledgement of %s, then 400 names it', async (_, of) => {
      const answer = await ack('refusing', of())
      expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, ['cursor']])
    })

    it.each<[string, () => string, string]>([
      ['a cursor of another ledger', foreign, 'cursor-of-another-ledger'],
      ['a cursor beyond the end', unheld, 'cursor-not-in-ledger'],
    ])('given %s, then 409, to begin from and to acknowledge', async (_, of, type) => {
      expect((await put('refused', { from: of() }).expect(409)).body).toMatchObject({
        ...problem(type),
        errors: { from: [expect.any(String)] },
      })
      expect((await ack('refusing', of()).expect(409)).body).toMatchObject({ ...problem(type), errors: { cursor: [expect.any(String)] } })
    })

    it('given an acknowledgement of what was not given out yet, then 409; given it was, then it is taken', async () => {
      await put('eager', { from: 'now' }).expect(201)
      await twoEvents('consumed-9')
      const last = await lastCursor()
      expect((await ack('eager', last).expect(409)).body).toMatchObject(problem('ack-beyond-delivery'))
      await read('eager', 'limit=1').expect(200)
      await ack('eager', last).expect(409)
      await readSome('eager', 2)
      await ack('eager', last).expect(200)
    })

    it('given a key without the scope, then 403', () => world.reader('get', '/v1/consumers').expect(403))
  })
})
