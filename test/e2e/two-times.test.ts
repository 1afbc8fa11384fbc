import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld, eventually, type World } from '../support/world.js'

const t0 = Date.UTC(2026, 2, 3, 12)
/** So many seconds after noon on March 3rd. */
const at = (seconds: number): string => new Date(t0 + 1000 * seconds).toISOString()

describe('looking back', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld()
  })
  afterAll(() => world.close())

  const tell = async (command: string, seconds: number, body: object) => {
    const name = `Live.CallbackAfter${command}`
    const answer = await world.callback({ CallbackCommand: name, Operator_Account: 'agnes', EventTime: t0 + 1000 * seconds, ...body })
    expect(answer.status).toBe(200)
  }
  const created = (RoomId: string, seconds: number, owner = 'agnes') =>
    tell('CreateRoom', seconds, { RoomInfo: { RoomId, RoomName: 'First', RoomType: 'Live', Owner_Account: owner } })
  const changed = (RoomId: string, seconds: number, from: string, to: string) =>
    tell('ChangeOwner', seconds, { RoomId, OriginalOwner_Account: from, CurrentOwner_Account: to })
  const renamed = (RoomId: string, seconds: number, RoomName: string) => tell('UpdateRoomInfo', seconds, { RoomInfo: { RoomId, RoomName } })
  const destroyed = (RoomId: string, seconds: number) => tell('DestroyRoom', seconds, { RoomId, EventType: 'DestroyByUser' })

  const get = (path: string, query: object = {}) => world.api('get', path).query(query)
  const room = async (roomId: string, query: object) => (await get(`/v1/rooms/${roomId}`, query)).body
  const owners = async (roomId: string, query: object) => (await get(`/v1/rooms/${roomId}/owners`, query)).body
  const history = async (roomId: string, query: object) => (await get(`/v1/rooms/${roomId}/history`, query)).body.items
  const owned = async (account: string, query: object) => (await get(`/v1/accounts/${account}/ownerships`, query)).body.items
  /** When each fact was recorded, in that order, once so many are in the history. */
  const recorded = async (roomId: string, count: number): Promise<string[]> => {
    const entries = await eventually(
      () => history(roomId, {}),
      (items) => items?.length >= count,
    )
    return entries.map(({ recordedAt }: { recordedAt: string }) => recordedAt)
  }
  /** The clock of recording moves on, so that what comes next is known later. */
  const later = () => new Promise((resolve) => setTimeout(resolve, 5))
  const intervals = ({ items }: { items: { to: string; since: string; until: string; late: boolean }[] }) =>
    items.map(({ to, since, until, late }) => [to, since, until, late])

  describe('on a room with a callback that was late', () => {
    const roomId = 'two-times late'
    let known: string[]
    beforeAll(async () => {
      await created(roomId, 0)
      await later()
      await changed(roomId, 9, 'bruno', 'clara')
      await later()
      await changed(roomId, 5, 'agnes', 'bruno')
      known = await recorded(roomId, 3)
    })

    it('given a time before the late one was known, when asked who owned the room between, then it is who was known then', async () => {
      expect(await room(roomId, { at: at(6) })).toMatchObject({ owner: 'bruno', updatedAt: at(5), status: 'active' })
      expect(await room(roomId, { at: at(6), knownAt: known[1] })).toMatchObject({ owner: 'agnes', updatedAt: at(0), revision: 0 })
      expect(await room(roomId, { knownAt: known[0] })).toMatchObject({ owner: 'agnes', revision: 0 })
      expect(await room(roomId, { knownAt: known[1] })).toMatchObject({ owner: 'clara', revision: 1 })
    })

    it('given each pair of times, when the trail is asked for, then gaps, ends and lateness are of what is seen', async () => {
      expect(await owners(roomId, { knownAt: known[1] })).toMatchObject({
        continuous: false,
        gaps: [{ expected: 'agnes', found: 'bruno' }],
        items: [
          { to: 'agnes', until: at(9) },
          { to: 'clara', link: 'gap' },
        ],
      })
      const now = await owners(roomId, {})
      expect(intervals(now)).toEqual([
        ['agnes', at(0), at(5), false],
        ['bruno', at(5), at(9), true],
        ['clara', at(9), null, false],
      ])
      expect(await owners(roomId, { knownAt: known[2] })).toEqual(now)
      expect(intervals(await owners(roomId, { at: at(8.999) }))).toEqual([
        ['agnes', at(0), at(5), false],
        ['bruno', at(5), null, false],
      ])
      expect(intervals(await owners(roomId, { at: at(9) }))).toEqual(intervals(now))
    })

    it('given each pair of times, when the history is asked for, then its entries are as they were written', async () => {
      const now = await history(roomId, {})
      expect(await history(roomId, { at: at(6) })).toEqual([now[0], now[2]])
      expect(await history(roomId, { knownAt: known[1] })).toEqual(now.slice(0, 2))
      expect(await history(roomId, { at: at(6), knownAt: known[1], order: 'desc' })).toEqual([now[0]])
      expect(await history(roomId, { at: at(6), types: 'OwnerChanged' })).toEqual([now[2]])
    })

    it('given each pair of times, when ownerships are asked for, then they are those that hold then, of what was known', async () => {
      const expectRooms = async (account: string, query: object, found: object[]) =>
        expect((await owned(account, query)).filter((one: { roomId: string }) => one.roomId === roomId)).toMatchObject(found)
      await expectRooms('bruno', { at: at(6) }, [{ since: at(5), until: null, link: 'continuous' }])
      await expectRooms('bruno', { at: at(9) }, [])
      await expectRooms('agnes', { at: at(6) }, [])
      await expectRooms('agnes', { at: at(6), knownAt: known[1] }, [{ since: at(0), until: null }])
      await expectRooms('bruno', { knownAt: known[1] }, [{ since: null, until: at(9), link: null }])
      await expectRooms('bruno', { knownAt: known[0] }, [])
      await expectRooms('bruno', { knownAt: known[2] }, [{ since: at(5), until: at(9) }])
    })

    it('given a time that has yet to come, when asked, then the answer is that of now', async () => {
      const now = await room(roomId, {})
      for (const query of [{ at: '2999-01-01T00:00:00Z' }, { knownAt: '2999-01-01T00:00:00Z' }]) {
        expect(await room(roomId, query)).toEqual(now)
        expect(await history(roomId, query)).toEqual(await history(roomId, {}))
        expect(await owners(roomId, query)).toEqual(await owners(roomId, {}))
      }
    })

    it('given a view of another time, when its headers are read, then none lets it pass for the room of now', async () => {
      const now = await get(`/v1/rooms/${roomId}`)
      expect(now.headers['etag']).toBe('"2"')
      const past = await get(`/v1/rooms/${roomId}`, { at: at(6) }).set('If-None-Match', '"2"')
      expect(past.status).toBe(200)
      expect(past.headers['etag']).toBeUndefined()
      expect(past.body.revision).toBe(2)
      expect(past.headers['ledger-position']).toBe(past.body.position)
    })

    it('given a position, when a look back waits for it, then it answers', async () => {
      const { body } = await get(`/v1/rooms/${roomId}`)
      expect((await get(`/v1/rooms/${roomId}/owners`, { at: at(6), minPosition: body.position })).status).toBe(200)
    })

    it('given a time between two milliseconds or with an offset, when asked, then further digits are cut and it is the same moment', async () => {
      expect(await room(roomId, { at: at(4).replace('.000Z', '.9999999Z') })).toMatchObject({ owner: 'agnes' })
      expect(await room(roomId, { at: '2026-03-03T14:00:05+02:00' })).toMatchObject({ owner: 'bruno' })
    })

    it('given times before anything was, or was known, when asked, then it is not known at that time', async () => {
      const times = [
        { at: at(-0.001) },
        { knownAt: new Date(Date.parse(known[0]!) - 1).toISOString() },
        { at: at(6), knownAt: '2026-03-03T12:00:00Z' },
      ]
      for (const query of times)
        for (const path of ['', '/history', '/owners']) {
          const { status, body } = await get(`/v1/rooms/${roomId}${path}`, query)
          expect([status, body.type]).toEqual([404, '/problems/room-not-known-at'])
        }
      for (const query of times) expect(await owned('agnes', query)).toEqual([])
    })
  })

  it('given a room id that was used again, when asked about any time of it, then it is the life of then', async () => {
    const roomId = 'two-times again'
    await created(roomId, 0)
    await renamed(roomId, 1, 'Second')
    await destroyed(roomId, 10)
    await renamed(roomId, 11, 'After its end')
    await created(roomId, 20, 'dorit')
    // At the least: what is told of a destroyed room makes the service ask the vendor.
    await recorded(roomId, 5)
    expect(await room(roomId, { at: at(9.999) })).toMatchObject({ life: 1, status: 'active', owner: 'agnes', destroyedAt: null })
    expect(await room(roomId, { at: at(0.5) })).toMatchObject({ info: { roomName: 'First' } })
    expect(await room(roomId, { at: at(19) })).toMatchObject({
      life: 1,
      status: 'destroyed',
      destroyedAt: at(10),
      destroyCause: 'DestroyByUser',
      info: { roomName: 'Second' },
    })
    expect(await room(roomId, { at: at(20) })).toMatchObject({ life: 2, status: 'active', owner: 'dorit' })
    expect(intervals(await owners(roomId, { at: at(9.999) }))).toEqual([['agnes', at(0), null, false]])
    expect(intervals(await owners(roomId, { at: at(19) }))).toEqual([['agnes', at(0), at(10), false]])
    expect(await owned('dorit', { at: at(19) })).toEqual([])
    expect(await owned('dorit', { at: at(25) })).toMatchObject([{ roomId, life: 2, since: at(20) }])
  })

  it('given a change after the end, when the end was not known yet, then the room was that account’s, as known then', async () => {
    const roomId = 'two-times lost end'
    await created(roomId, 0)
    await changed(roomId, 6, 'agnes', 'zelda')
    await later()
    await destroyed(roomId, 5)
    const known = await recorded(roomId, 3)
    expect(await owned('zelda', {})).toEqual([])
    expect(await owned('zelda', { at: at(7) })).toEqual([])
    expect(await owned('zelda', { knownAt: known[1] })).toMatchObject([{ roomId, since: at(6), until: null }])
    expect(await owned('zelda', { at: at(7), knownAt: known[1] })).toMatchObject([{ roomId }])
  })

  it('given an operation, when asked what was known before its end, then it was on its way', async () => {
    const roomId = 'two-times-operation'
    const body = { roomId, seatTemplate: 'Karaoke', owner: 'agnes' }
    const answer = await world.api('post', '/v1/rooms').set('Prefer', 'wait=10').send(body)
    expect(answer.status).toBe(200)
    const change = await world.api('put', `/v1/rooms/${roomId}/owner`).set('Prefer', 'wait=10').send({ newOwner: 'bruno' })
    expect(change.status).toBe(200)
    const { operationId, requestedAt } = change.body
    const before = await room(roomId, { knownAt: requestedAt })
    expect(before).toMatchObject({ owner: 'agnes', pendingOperations: [{ operationId, kind: 'change-owner', status: 'requested' }] })
    expect(await room(roomId, {})).toMatchObject({ owner: 'bruno', pendingOperations: [] })
  })

  it('given many rooms of an account, when they are read page by page while others come, then each stands once', async () => {
    const ids = Array.from({ length: 7 }, (_, n) => `two-times page ${n}`)
    for (const [n, id] of ids.entries()) await created(id, n, 'pavel')
    await eventually(
      () => owned('pavel', {}),
      (items) => items.length === ids.length,
    )
    const found: string[] = []
    let cursor: string | null = null
    do {
      const { body } = await get('/v1/accounts/pavel/ownerships', { at: at(5), limit: 2, ...(cursor && { cursor }) })
      found.push(...body.items.map(({ roomId }: { roomId: string }) => roomId))
      cursor = body.nextCursor
      // One that is behind, and one that is gone: neither moves the others.
      if (found.length === 2) {
        await created('two-times page !', 1, 'pavel')
        await destroyed(ids[0]!, 4)
      }
    } while (cursor !== null)
    expect(found).toEqual(ids.slice(0, 6))
  })

  it('given the pages of a history, when a fact comes between them, then they go on where they were', async () => {
    const roomId = 'two-times pages'
    await created(roomId, 0)
    for (let n = 1; n < 6; n += 1) await renamed(roomId, n, `Name ${n}`)
    await recorded(roomId, 6)
    const first = (await get(`/v1/rooms/${roomId}/history`, { at: at(4), limit: 2 })).body
    await renamed(roomId, 0.5, 'Late')
    await recorded(roomId, 7)
    const rest = await history(roomId, { at: at(4), limit: 500, cursor: first.nextCursor })
    const times = [...first.items, ...rest].map(({ occurredAt }: { occurredAt: string }) => occurredAt)
    expect(times).toEqual([at(0), at(1), at(2), at(3), at(4), at(0.5)])
  })

  it('given a room that nobody knows, when asked about a time, then it is not found', async () => {
    for (const path of ['', '/history', '/owners']) {
      const { status, body } = await get(`/v1/rooms/two-times-nobody${path}`, { at: at(0) })
      expect([status, body.type]).toEqual([404, '/problems/not-found'])
    }
    expect(await owned('nobody', { at: at(0) })).toEqual([])
  })

  const badTimes = ['', 'now', '2026-03-03', '2026-03-03T12:00:00', '2026-02-30T00:00:00Z', '1772539200', '9999-12-31T23:59:59-01:00']
  it.each(badTimes)('given %j as a time, when asked, then the field is named', async (bad) => {
    for (const field of ['at', 'knownAt'])
      for (const path of ['rooms/x', 'rooms/x/history', 'rooms/x/owners', 'accounts/x/ownerships']) {
        const { status, body } = await get(`/v1/${path}`, { [field]: bad })
        expect(status).toBe(400)
        expect(Object.keys(body.errors)).toEqual([field])
      }
    const twice = await get('/v1/rooms/x?at=2026-03-03T12:00:00Z&at=2026-03-03T12:00:00Z')
    expect(Object.keys(twice.body.errors)).toEqual(['at'])
  })

  it('given a cursor of another list, when ownerships are asked for, then it is refused', async () => {
    const foreign = Buffer.from(JSON.stringify(['x'])).toString('base64url')
    for (const cursor of [foreign, 'x', Buffer.from('["a",-1]').toString('base64url')]) {
      const { status, body } = await get('/v1/accounts/agnes/ownerships', { at: at(0), cursor })
      expect([status, Object.keys(body.errors)]).toEqual([400, ['cursor']])
    }
  })
})
