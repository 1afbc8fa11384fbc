import { request as rawRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signCallback } from '#live-engine/wire'
import { createWorld, sdkAppId, token, type World } from '../support/world.js'

const updated = (RoomId: string, EventTime: number) => ({
  CallbackCommand: 'Live.CallbackAfterUpdateRoomInfo',
  Operator_Account: 'anna',
  RoomInfo: { RoomId, RoomName: `at ${EventTime}` },
  EventTime,
})

describe('callbacks at the edge of what is accepted', () => {
  let world: World
  beforeAll(async () => void (world = await createWorld()))
  afterAll(() => world.close())

  const refused = async (): Promise<number> =>
    Number(/live_callbacks_total\{[^}]*result="refused"[^}]*\} (\d+)/.exec((await world.anonymous.get('/metrics')).text)?.[1] ?? 0)

  /** Past every HTTP client's own idea of what a Content-Type may be. */
  const post = (contentType: string | undefined, body: object): Promise<number> =>
    new Promise((resolve, reject) => {
      const requestTime = String(Math.floor(Date.now() / 1000))
      const sign = signCallback(token, requestTime)
      const address = new URL(`${world.url}/callbacks/live?SdkAppid=${sdkAppId}&Sign=${sign}&RequestTime=${requestTime}`)
      const sent = rawRequest(address, { method: 'POST', headers: contentType === undefined ? {} : { 'Content-Type': contentType } })
      sent.on('response', (answer) => resolve((answer.resume(), answer.statusCode ?? 0))).on('error', reject)
      sent.end(JSON.stringify(body))
    })

  it.each([undefined, '', 'text/plain', 'json', ';charset=utf-8', 'application/x-www-form-urlencoded'])(
    'given the Content-Type %j, then the callback is taken all the same',
    async (contentType) => {
      const roomId = `type ${contentType ?? 'none'}`.slice(0, 48)
      expect(await post(contentType, updated(roomId, 1_774_546_156_000))).toBe(200)
      expect((await world.api('get', `/v1/rooms/${encodeURIComponent(roomId)}`)).body.info.roomName).toBe('at 1774546156000')
    },
  )

  it.each([
    ['that is not JSON', '{', 400],
    ['that is empty', '', 400],
    ['of 300 KiB', JSON.stringify({ ...updated('edge', 1), pad: 'x'.repeat(300 * 1024) }), 413],
  ])('given a signed body %s, then it is refused and counted as such', async (_what, body, status) => {
    const before = await refused()
    await world
      .callback(body)
      .expect(status)
      .expect('Content-Type', /problem\+json/)
    expect(await refused()).toBe(before + 1)
  })

  it('given one that is not signed, then it is counted once', async () => {
    const before = await refused()
    await world.callback(updated('edge', 2), { query: { Sign: '0'.repeat(64) } }).expect(401)
    expect(await refused()).toBe(before + 1)
  })
})
