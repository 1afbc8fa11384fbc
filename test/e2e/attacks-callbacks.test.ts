import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signCallback } from '#live-engine/wire'
import { stepsIn } from '../support/steps.js'
import { createWorld, sdkAppId, token, type World } from '../support/world.js'

const at = 1_774_546_156_000
const command = 'Live.CallbackAfterChangeOwner'
const ownerChanged = (RoomId: string, to: string, EventTime = at) => ({
  CallbackCommand: command,
  RoomId,
  EventTime,
  Operator_Account: 'anna',
  CurrentOwner_Account: to,
  OriginalOwner_Account: 'anna',
})

/** What somebody has who saw one callback go by: its address with the signature, and its body. */
const overheard = (roomId: string) => {
  const RequestTime = String(Math.floor(Date.now() / 1000))
  const query = new URLSearchParams({
    SdkAppid: String(sdkAppId),
    CallbackCommand: command,
    RequestTime,
    Sign: signCallback(token, RequestTime),
  })
  return { query, search: `?${query}`, body: JSON.stringify(ownerChanged(roomId, 'ben')) }
}

describe('whoever overheard a callback', () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  const begin = async (env: Record<string, string> = {}) => {
    world = await createWorld(env)
    steps = stepsIn(world)
  }
  const send = (path: string, body: string) => world.anonymous.post(path).set('Content-Type', 'application/json').send(body)

  describe('with nothing but a token to keep him out', () => {
    beforeAll(() => begin())
    afterAll(() => world.close())

    it('given he sends it again, as often as he likes, then it is acknowledged and adds nothing', async () => {
      const { search, body } = overheard('replayed')
      for (let i = 0; i < 5; i += 1) await send(`/callbacks/live${search}`, body).expect(200)
      expect(await steps.history('replayed')).toHaveLength(1)
      expect((await steps.owners('replayed')).items).toHaveLength(1)
    })

    it('given he sends it with a body of his own within the minute, then it is believed: Sign covers neither body nor command', async () => {
      const { search } = overheard('re-bodied')
      await send(`/callbacks/live${search}`, JSON.stringify(ownerChanged('re-bodied', 'eve'))).expect(200)
      expect((await steps.room('re-bodied')).owner).toBe('eve')
    })

    it('given such a lie, then it is on record who sent it and what was said, and asking the vendor puts it right', async () => {
      await steps.create('lied-about').set('Prefer', 'wait=10').expect(200)
      const { search } = overheard('lied-about')
      await send(`/callbacks/live${search}`, JSON.stringify(ownerChanged('lied-about', 'eve', Date.now()))).expect(200)
      await steps.reconcile('lied-about').expect(200)
      expect(await steps.room('lied-about')).toMatchObject({ owner: 'anna' })
      expect((await steps.owners('lied-about')).items.map(({ to }: { to: string }) => to)).toContain('eve')
    })

    it('given he sends it after the minute, or mends its time, then it is refused', async () => {
      const old = String(Math.floor(Date.now() / 1000) - 61)
      const { query, body } = overheard('late')
      const alterations: readonly Record<string, string>[] = [
        { RequestTime: old, Sign: signCallback(token, old) },
        { RequestTime: String(Number(query.get('RequestTime')) + 1) },
        { Sign: query.get('Sign')!.toUpperCase() },
        { Sign: query.get('Sign')!.slice(0, 63) },
        { SdkAppid: String(sdkAppId + 1) },
      ]
      for (const changed of alterations) {
        const search = new URLSearchParams({ ...Object.fromEntries(query), ...changed })
        expect([401, 403]).toContain((await send(`/callbacks/live?${search}`, body)).status)
      }
      expect((await steps.room('late')).status).toBe(404)
    })

    it('given he guesses signs, then 429 after thirty within a minute, while those that are right are taken from the same address', async () => {
      await world.restart()
      const { query, search } = overheard('guessed')
      const guess = (n: number) =>
        send(`/callbacks/live?${new URLSearchParams({ ...Object.fromEntries(query), Sign: String(n).padStart(64, '0') })}`, '{}')
      for (let n = 0; n < 100; n += 1) await guess(n).expect(401)
      const { headers, body } = await guess(101).expect(429)
      expect([body.type, Number(headers['retry-after']) > 0]).toEqual(['/problems/too-many-requests', true])
      await send(`/callbacks/live${search}`, overheard('guessed').body).expect(200)
      await guess(102).expect(429)
      await world.api('get', '/v1/rooms/guessed').expect(200)
    })
  })

  describe('with a path secret', () => {
    beforeAll(() => begin({ LIVE_CALLBACK_PATH_SECRET: 'a-path-nobody-knows' }))
    afterAll(() => world.close())

    it('given he has the signature alone, as from a log of queries, then he does not get in; with the path he would', async () => {
      const { search, body } = overheard('secret')
      const paths = [
        '',
        '/',
        '/guess',
        '/a-path-nobody-know',
        '/a-path-nobody-knows/',
        '/A-PATH-NOBODY-KNOWS',
        '/x/..%2fa-path-nobody-knows',
      ]
      for (const path of paths)
        expect([path, (await send(`/callbacks/live${path}${search}`, body)).status]).toEqual([path, expect.toSatisfy(isRefusal)])
      expect((await steps.room('secret')).status).toBe(404)
      await send(`/callbacks/live/a-path-nobody-knows${search}`, body).expect(200)
    })

    it('given he guesses paths, then 429 after thirty within a minute', async () => {
      await world.restart()
      const { search, body } = overheard('secret-2')
      for (let n = 0; n < 100; n += 1) await send(`/callbacks/live/guess-${n}${search}`, body).expect(403)
      await send(`/callbacks/live/guess-31${search}`, body).expect(429)
      await send(`/callbacks/live/a-path-nobody-knows${search}`, body).expect(200)
    })
  })

  describe('with a list of addresses', () => {
    beforeAll(() => begin({ LIVE_CALLBACK_ALLOWED_IPS: '203.0.113.0/24, 2001:db8:1::/48', TRUSTED_PROXIES: '127.0.0.1' }))
    afterAll(() => world.close())
    const from = (client: string, roomId = 'listed') => {
      const { search, body } = overheard(roomId)
      return send(`/callbacks/live${search}`, body).set('X-Forwarded-For', client)
    }

    it('given he is elsewhere, then he does not get in with all that he overheard, whatever he says of where he is', async () => {
      const claims = ['198.51.100.1', '203.0.113.5, 198.51.100.1', '2001:db8:2::1', 'unknown', '::ffff:198.51.100.1']
      for (const claim of claims) await from(claim).expect(403)
      expect((await steps.room('listed')).status).toBe(404)
    })

    it('given the vendor is where it should be, then its callbacks are taken, behind a proxy too, and it is on record from where', async () => {
      for (const [address, roomId] of [
        ['203.0.113.5', 'listed-4'],
        ['::ffff:203.0.113.5', 'listed-mapped'],
        ['2001:db8:1::5', 'listed-6'],
      ] as const) {
        await from(address, roomId).expect(200)
        expect((await steps.room(roomId)).owner).toBe('ben')
      }
    })

    it('given no proxy that is trusted, then what is said in X-Forwarded-For opens nothing', async () => {
      await world.restart({ TRUSTED_PROXIES: '' })
      await from('203.0.113.5', 'listed-7').expect(403)
    })
  })
})

const isRefusal = (status: number): boolean => [401, 403, 404].includes(status)
