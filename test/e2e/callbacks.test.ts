import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signCallback } from '#live-engine/wire'
import { createWorld, token, type World } from '../support/world.js'

const acknowledged = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 }
const at = 1_774_546_156_000

describe('callbacks', () => {
  let world: World
  beforeAll(async () => void (world = await createWorld()))
  afterAll(() => world.close())

  const created = (roomId: string, EventTime = at, owner: unknown = 'anna') => ({
    CallbackCommand: 'Live.CallbackAfterCreateRoom',
    Operator_Account: 'anna',
    RoomInfo: { RoomId: roomId, RoomName: 'Name', RoomType: 'Live', Owner_Account: owner, CreateTime: Math.floor(EventTime / 1000) },
    EventTime,
  })
  const ownerChanged = (RoomId: string, from: string, to: string, EventTime: number) => ({
    CallbackCommand: 'Live.CallbackAfterChangeOwner',
    RoomId,
    EventTime,
    Operator_Account: 'anna',
    CurrentOwner_Account: to,
    OriginalOwner_Account: from,
  })
  const room = async (roomId: string) => (await world.api('get', `/v1/rooms/${encodeURIComponent(roomId)}`)).body

  it('given a callback, when it comes three times, then it is acknowledged each time and recorded once', async () => {
    const body = created('cb-1')
    for (let i = 0; i < 3; i += 1) expect((await world.callback(body).expect(200)).body).toEqual(acknowledged)
    const history = await world.api('get', '/v1/rooms/cb-1/history')
    expect(history.body.items).toHaveLength(1)
    expect(history.body.items[0]).toMatchObject({ occurredAt: '2026-03-26T17:29:16.000Z', actor: { kind: 'account', id: 'anna' } })
  })

  it('given callbacks in reverse, then the room, the trail and the late marks are as the facts say', async () => {
    await world.callback(ownerChanged('cb-2', 'ben', 'carla', at + 2000))
    await world.callback(created('cb-2', at))
    const gap = await world.api('get', '/v1/rooms/cb-2/owners')
    expect(gap.body).toMatchObject({ continuous: false, gaps: [{ life: 1, expected: 'anna', found: 'ben' }] })
    await world.callback(ownerChanged('cb-2', 'anna', 'ben', at + 1000))
    expect(await room('cb-2')).toMatchObject({ owner: 'carla', life: 1, origin: 'created' })
    const owners = await world.api('get', '/v1/rooms/cb-2/owners')
    expect(owners.body.continuous).toBe(true)
    expect(owners.body.items.map(({ to, link, late }: Record<string, unknown>) => [to, link, late])).toEqual([
      ['anna', 'first', true],
      ['ben', 'continuous', true],
      ['carla', 'continuous', false],
    ])
    const history = await world.api('get', '/v1/rooms/cb-2/history')
    expect(history.body.items[2]).toMatchObject({ late: true, changes: [{ field: 'owner', before: null, after: 'ben', applied: false }] })
  })

  it('given an account beyond 2^53 as a bare number, then every digit is kept', async () => {
    await world
      .callback(JSON.stringify(created('cb-3')).replace('"Owner_Account":"anna"', '"Owner_Account":144115216631667826'), {
        command: 'Live.CallbackAfterCreateRoom',
      })
      .expect(200)
    expect((await room('cb-3')).owner).toBe('144115216631667826')
  })

  it.each(['a/b', 'a%2Fb', 'two words', '-', 'quo"te\'s', 'x'.repeat(48)])(
    'given the room id %j, then it is found again under it',
    async (roomId) => {
      await world.callback(created(roomId)).expect(200)
      expect(await room(roomId)).toMatchObject({ roomId, owner: 'anna' })
      const history = await world.api('get', `/v1/rooms/${encodeURIComponent(roomId)}/history`)
      expect(history.body.items).toHaveLength(1)
    },
  )

  it('given a room id of 49 bytes or a body that fits no command, then it is acknowledged and kept in quarantine', async () => {
    const misfits = [
      created('y'.repeat(49)),
      { CallbackCommand: 'Live.CallbackAfterSomethingNew', RoomId: 'cb-4' },
      { CallbackCommand: 'Live.CallbackAfterChangeOwner', RoomId: 7, EventTime: 'soon' },
    ]
    for (const body of misfits) expect((await world.callback(body).expect(200)).body).toEqual(acknowledged)
    for (const body of misfits) await world.callback(body).expect(200)
    const list = await world.api('get', '/v1/quarantine')
    expect(list.body.items.map(({ command }: { command: string }) => command)).toEqual(misfits.map((body) => body.CallbackCommand))
    expect(JSON.parse(list.body.items[1].callback.body)).toEqual(misfits[1])
    const replayed = await world.api('post', `/v1/quarantine/${list.body.items[1].eventId}/replay`)
    expect(replayed.body).toMatchObject({ status: 422, type: '/problems/still-unfit' })
  })

  it.each([
    'Live.CallbackAfterMemberStateChanged',
    'Live.CallbackMemberStateChanged',
    'Live.CallbackBeforeSendGift',
    'Mic.CallbackAfterSeatInfoChanged',
  ])('given %s, which is no room fact, then it is acknowledged and not stored', async (CallbackCommand) => {
    await world
      .callback({ CallbackCommand, RoomId: 'cb-5', EventTime: at, EventType: 'Online', EventCause: 'Enter', MemberList: [] })
      .expect(200, acknowledged)
    expect((await room('cb-5')).status).toBe(404)
  })

  describe('what is turned away', () => {
    const refused = async (
      test: PromiseLike<{ status: number; headers: Record<string, string>; body: { status: number } }>,
      status: number,
    ) => {
      const answer = await test
      expect(answer.status).toBe(status)
      expect(answer.headers['content-type']).toContain('application/problem+json')
      expect(answer.body.status).toBe(status)
    }
    const valid = created('never')

    it.each([
      ['not JSON', '{"CallbackCommand":', 400],
      ['not an object', '[1,2]', 400],
      ['a bare string', '"text"', 400],
      ['null', 'null', 400],
      ['empty', '', 400],
      ['duplicate keys', '{"RoomId":"a","RoomId":"b"}', 400],
      ['300 KiB', JSON.stringify({ ...created('never'), Padding: 'x'.repeat(300 * 1024) }), 413],
    ])('given a body that is %s, then nothing is stored', async (_, body, status) => {
      await refused(world.callback(body, { command: 'Live.CallbackAfterCreateRoom' }), status)
    })

    it('given invalid UTF-8, then 400', async () => {
      const requestTime = String(Math.floor(Date.now() / 1000))
      const query = new URLSearchParams({
        SdkAppid: '1400000000',
        CallbackCommand: 'Live.CallbackAfterCreateRoom',
        RequestTime: requestTime,
        Sign: signCallback(token, requestTime),
      })
      const body = Buffer.concat([Buffer.from('{"RoomId":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])
      const answer = await fetch(`${world.url}/callbacks/live?${query}`, { method: 'POST', body })
      expect(answer.status).toBe(400)
    })

    it.each([
      ['a wrong SdkAppid', { SdkAppid: '1400000001' }, 403],
      ['a wrong Sign', { Sign: '0'.repeat(64) }, 401],
      ['an empty Sign', { Sign: '' }, 401],
      ['a RequestTime that is no number', { RequestTime: 'now' }, 401],
    ])('given %s, then %o is refused', async (_, query, status) => {
      await refused(world.callback(valid, { query }), status)
    })

    it('given a Sign of two minutes ago, then 401', async () => {
      const old = String(Math.floor(Date.now() / 1000) - 120)
      await refused(world.callback(valid, { query: { RequestTime: old, Sign: signCallback(token, old) } }), 401)
    })

    it('given a missing Sign or SdkAppid, or a doubled parameter in another case, then it is refused', async () => {
      const post = (query: string) => world.anonymous.post(`/callbacks/live?${query}`).send(valid)
      await refused(post('SdkAppid=1400000000&CallbackCommand=Live.CallbackAfterCreateRoom'), 401)
      await refused(post('CallbackCommand=Live.CallbackAfterCreateRoom'), 403)
      await refused(post('SdkAppid=1400000000&sdkAppId=1400000000'), 400)
    })

    it('given all that was turned away, then the ledger knows none of it', async () => {
      expect((await room('never')).status).toBe(404)
      const metrics = await world.anonymous.get('/metrics')
      expect(metrics.text).toMatch(/live_callbacks_total\{[^}]*result="refused"[^}]*\} [1-9]/)
    })
  })

  it('given a request for the callback of another case and content type, then it is taken', async () => {
    const requestTime = String(Math.floor(Date.now() / 1000))
    const query = new URLSearchParams({
      SDKAPPID: '1400000000',
      callbackcommand: 'Live.CallbackAfterCreateRoom',
      requesttime: requestTime,
      SIGN: signCallback(token, requestTime),
    })
    const answer = await world.anonymous
      .post(`/callbacks/live?${query}`)
      .set('Content-Type', 'text/plain')
      .send(JSON.stringify(created('cb-6')))
    expect(answer.body).toEqual(acknowledged)
    expect(await room('cb-6')).toMatchObject({ roomId: 'cb-6' })
  })
})
