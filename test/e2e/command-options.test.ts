import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stepsIn } from '../support/steps.js'
import { createWorld, type World } from '../support/world.js'

describe('what headers ask of a command', () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  beforeAll(async () => {
    world = await createWorld()
    steps = stepsIn(world)
  })
  afterAll(() => world.close())

  it('given a callback that takes its time, when the client waits, then 200 confirmed; when it does not, 202 at once', async () => {
    await steps.prepare('change-owner', 'wait')
    await steps.faults({ delayMs: 1500 })
    const waited = await steps.giveTo('wait', 'ben').set('Prefer', 'respond-async, wait=10')
    expect(waited.status).toBe(200)
    expect(waited.body).toMatchObject({ status: 'confirmed', confirmation: { source: 'callback' } })
    const short = await steps.giveTo('wait', 'carla').set('Prefer', 'wait=0')
    expect(short.status).toBe(202)
    expect(short.body).toMatchObject({ status: 'accepted', confirmation: null })
    expect((await steps.room('wait')).pendingOperations).toMatchObject([{ operationId: short.body.operationId, kind: 'change-owner' }])
    expect((await steps.ended(short.body.operationId)).status).toBe('confirmed')
    await steps.faults({ drop: 1 })
    const inVain = await steps.giveTo('wait', 'dora').set('Prefer', 'wait=1')
    expect(inVain.status).toBe(202)
    expect(inVain.body.status).toBe('accepted')
    await steps.faults()
  })

  it('given If-Match: *, then a known room may be changed and an unknown one is not even asked for', async () => {
    const unknown = await steps.giveTo('star', 'ben').set('If-Match', '*')
    expect([unknown.status, unknown.body.type]).toEqual([412, '/problems/precondition-failed'])
    expect((await world.api('get', '/v1/rooms/star/operations')).body.items).toEqual([])
    await steps.prepare('change-owner', 'star')
    expect((await steps.giveTo('star', 'ben').set('If-Match', '*').set('Prefer', 'wait=10')).status).toBe(200)
    expect((await steps.giveTo('star', 'carla').set('If-Match', '"99", "0"')).status).toBe(412)
    expect((await steps.giveTo('star', 'carla').set('If-Match', 'W/"1"')).status).toBe(412)
  })

  it('given On-Behalf-Of, then the person stands in the operation and in the trail; too long a name, or a key that may not, is refused', async () => {
    await steps.prepare('change-owner', 'behalf')
    const given = await steps.giveTo('behalf', 'ben').set('On-Behalf-Of', 'zoe@support').set('Prefer', 'wait=10')
    const requestedBy = { kind: 'apiKey', id: 'all', onBehalfOf: 'zoe@support' }
    expect(given.body.requestedBy).toEqual(requestedBy)
    const trail = (await world.api('get', `/v1/rooms/behalf/owners?minPosition=${given.body.position}`)).body
    expect(trail.items.at(-1)).toMatchObject({ to: 'ben', requestedBy })
    const long = await steps.giveTo('behalf', 'ben').set('On-Behalf-Of', 'x'.repeat(129))
    expect([long.status, Object.keys(long.body.errors)]).toEqual([400, ['On-Behalf-Of']])
    expect((await world.reader('get', '/v1/rooms').set('On-Behalf-Of', 'Zoe')).status).toBe(403)
  })
})

describe('what settings ask of commands and callbacks', () => {
  const secret = 'kept-secret.1'
  const kept = 'Live.CallbackBeforeSendGift'
  let world: World
  let steps: ReturnType<typeof stepsIn>
  beforeAll(async () => {
    world = await createWorld({ REQUIRE_REASON: 'true', LIVE_CALLBACK_PATH_SECRET: secret, LIVE_CALLBACK_KEEP: kept })
    steps = stepsIn(world)
  })
  afterAll(() => world.close())

  const created = (RoomId: string) => ({
    CallbackCommand: 'Live.CallbackAfterCreateRoom',
    Operator_Account: 'anna',
    RoomInfo: { RoomId, RoomName: 'Name', RoomType: 'Live', Owner_Account: 'anna' },
    EventTime: 1_774_546_156_000,
  })
  const refusedCount = async (): Promise<number> =>
    Number(/live_callbacks_total\{[^}]*result="refused"[^}]*\} (\d+)/.exec((await world.anonymous.get('/metrics')).text)?.[1] ?? 0)

  it('given REQUIRE_REASON, then a command without one is 400, uses no key up, and is carried out with one', async () => {
    for (const command of [steps.create('why'), steps.update('why', { roomName: 'x' }), steps.giveTo('why', 'ben'), steps.destroy('why')]) {
      const answer = await command.set('Idempotency-Key', 'why-1')
      expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, ['reason']])
    }
    expect((await steps.create('why', { reason: '   ' })).status).toBe(400)
    // The answer comes in by the path with the secret, where this world's vendor sends its callbacks.
    const made = await steps.create('why', { reason: 'opening' }).set('Idempotency-Key', 'why-1').set('Prefer', 'wait=10')
    expect(made.body).toMatchObject({ status: 'confirmed', reason: 'opening', confirmation: { source: 'callback' } })
    const gone = await world.api('delete', '/v1/rooms/why?reason=closing%20time').set('Prefer', 'wait=10')
    expect(gone.body).toMatchObject({ status: 'confirmed', reason: 'closing time' })
  })

  it.each([
    '/callbacks/live',
    '/callbacks/live/',
    '/callbacks/%6Cive',
    '/callbacks/%6Cive/',
    '/callbacks/%6Cive/wrong',
    '/%63allbacks/live/wrong',
    '/callbacks//live',
    '/callbacks/./live',
    '/callbacks/live//',
    '/callbacks/live/%00',
    '/callbacks/live/%zz',
    '/callbacks/live/kept-secret%2e1x',
    `/callbacks/live/${secret}/`,
    `/callbacks/live/${secret}/more`,
    `/callbacks/live/${secret}%2Fmore`,
    `/CALLBACKS/live/${secret}`,
    `/callbacks/live;${secret}`,
  ])('given a path secret, when a signed callback comes to %s, then nothing is stored', async (path) => {
    const before = await refusedCount()
    const answer = await world.callback(created('intruder'), { path })
    expect([400, 403, 404]).toContain(answer.status)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect((await steps.room('intruder')).status).toBe(404)
    expect((await refusedCount()) - before).toBe(answer.status === 403 ? 1 : 0)
  })

  it('given a path secret, when it is spelled with percent signs, then it is the same secret', async () => {
    await world.callback(created('spelled'), { path: `/callbacks/live/kept%2Dsecret.1` }).expect(200)
    await world.callback(created('spelled'), { path: `/callbacks/%6Cive/${secret}` }).expect(200)
    expect(await steps.room('spelled')).toMatchObject({ owner: 'anna' })
  })

  it('given LIVE_CALLBACK_KEEP, then what it names is kept once and whole, its neighbours are not', async () => {
    const path = `/callbacks/live/${secret}`
    const gift = { CallbackCommand: kept, RoomId: 'gifts', Operator_Account: 'anna', GiftWater: { GiftId: 'rose', Count: 3 } }
    for (let i = 0; i < 2; i += 1) await world.callback(gift, { path }).expect(200, { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 })
    await world.callback({ ...gift, CallbackCommand: 'Live.CallbackAfterStartBattle' }, { path }).expect(200)
    const events = await world.store.events('callbackKept-')
    expect(events).toMatchObject([
      { stream: `callbackKept-${kept}`, type: 'CallbackKept', metadata: { callback: { body: JSON.stringify(gift) } } },
    ])
  })

  it('given LIVE_CALLBACK_ALLOWED_IPS, then callbacks come from there and from nowhere else', async () => {
    const path = `/callbacks/live/${secret}`
    await world.restart({ LIVE_CALLBACK_ALLOWED_IPS: '10.0.0.0/8,2001:db8::/32' })
    const refused = await world.callback(created('elsewhere'), { path }).set('X-Forwarded-For', '10.0.0.1')
    expect([refused.status, refused.body.type]).toEqual([403, '/problems/forbidden'])
    expect((await steps.room('elsewhere')).status).toBe(404)
    await world.restart({ LIVE_CALLBACK_ALLOWED_IPS: '10.0.0.0/8,127.0.0.0/8' })
    await world.callback(created('elsewhere'), { path }).expect(200)
    expect(await steps.room('elsewhere')).toMatchObject({ owner: 'anna' })
  })
})
