import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../src/index.js'
import { startSandbox, userSig, type Vendor } from './support/vendor.js'

const as = (identifier: string) => ({ query: { identifier, usersig: userSig({ identifier }) } })

describe('the query envelope and the UserSig', () => {
  let sandbox: Sandbox
  let vendor: Vendor
  beforeAll(async () => void ({ sandbox, vendor } = await startSandbox({ adminAccounts: ['administrator', 'ledger'] })))
  afterAll(() => sandbox.close())
  const list = { Next: '', Count: 20 }

  it('answers a well signed call with HTTP 200, OK and a request id of its own', async () => {
    const [first, second] = [await vendor.call('get_room_list', list), await vendor.call('get_room_list', list)]
    expect(first).toMatchObject({ ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '' })
    expect(first.RequestId).not.toBe('')
    expect(second.RequestId).not.toBe(first.RequestId)
  })

  it('takes every configured administrator, and nobody else', async () => {
    expect(await vendor.code('get_room_list', list, as('ledger'))).toBe(0)
    expect(await vendor.code('get_room_list', list, as('alice'))).toBe(60010)
  })

  const hourAgo = Math.floor(Date.now() / 1000) - 3600
  it.each<[string, Record<string, string | null>, number]>([
    ['no sdkappid', { sdkappid: null }, 60012],
    ['an sdkappid that is none', { sdkappid: 'x' }, 60006],
    ['the sdkappid of somebody else', { sdkappid: '1400000001' }, 60006],
    ['no identifier', { identifier: null }, 60004],
    ['no signature', { usersig: null }, 60005],
    ['no random', { random: null }, 60002],
    ['a random beyond 32 bits', { random: '4294967296' }, 60002],
    ['another contenttype', { contenttype: 'xml' }, 60025],
    ['a signature that is not one', { usersig: 'rubbish' }, 70003],
    ['a signature by another key', { usersig: userSig({ key: 'f'.repeat(64) }) }, 70009],
    ['a signature that has expired', { usersig: userSig({ issuedAt: hourAgo, lifetime: 3599 }) }, 70001],
    ["somebody else's signature", { usersig: userSig({ identifier: 'ledger' }) }, 70013],
    ['a signature for another application', { usersig: userSig({ sdkAppId: 1400000001 }) }, 70014],
    ['names in another case', { SdkAppId: '1400000000', sdkappid: null }, 60012],
  ])('refuses a call with %s', async (_what, query, code) => {
    const answer = await vendor.call('get_room_info', { RoomId: 'r' }, { query })
    expect(answer).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: code })
    expect(answer.ErrorInfo).not.toBe('')
  })

  it.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['a list', '[]'],
    ['null', 'null'],
    ['half an object', '{"RoomId":'],
    ['two megabytes', `{"RoomId":"${'x'.repeat(2 ** 21)}"}`],
  ])('refuses a body of %s', async (_what, raw) => {
    expect(await vendor.code('get_room_info', undefined, { raw })).toBe(60003)
  })

  it('reads the body as JSON whatever its type is called', async () => {
    const usersig = encodeURIComponent(userSig())
    const url = `${sandbox.url}/v4/live_engine_http_srv/get_room_list?sdkappid=1400000000&identifier=administrator&usersig=${usersig}&random=1&contenttype=json`
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(list),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(await response.json()).toMatchObject({ ErrorCode: 0 })
  })

  it.each([
    ['an unknown command', 'no_such_command', {}],
    ['an unknown service', 'create_room', { service: 'room_engine_http_srv' }],
    ['GET', 'create_room', { method: 'GET' }],
  ])('answers %s with 60009', async (_what, command, options) => {
    expect(await vendor.code(command, {}, options)).toBe(60009)
  })

  it('listens on loopback alone unless told otherwise', () => {
    expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })
})

describe('the rate limits', () => {
  it('lets 10 lists a second through, and 200 calls of any other API, each API for itself', async () => {
    let at = 1_700_000_000_000
    const { sandbox, vendor } = await startSandbox({ now: () => at })
    const query = { usersig: userSig({ issuedAt: at / 1000 }) }
    const burst = async (command: string, body: unknown, count: number) => {
      const codes = await Promise.all(Array.from({ length: count }, () => vendor.code(command, body, { query })))
      return codes.filter((code) => code === 60007).length
    }

    expect(await burst('get_room_list', { Next: '', Count: 20 }, 12)).toBe(2)
    expect(await burst('get_room_info', { RoomId: 'r' }, 203)).toBe(3)
    at += 999
    expect(await burst('get_room_list', { Next: '', Count: 20 }, 1)).toBe(1)
    at += 1
    expect(await burst('get_room_list', { Next: '', Count: 20 }, 1)).toBe(0)
    await sandbox.close()
  })
})
