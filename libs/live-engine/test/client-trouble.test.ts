import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createLiveEngine } from '#live-engine'
import { clientOf, settings } from './support/client.js'
import { fail, ok, type Behaviour } from './support/vendor-server.js'

const text =
  (body: string): Behaviour =>
  (response) =>
    response.end(body)
const cutShort =
  (headers: Record<string, string | number>): Behaviour =>
  (response) => {
    response.writeHead(200, headers)
    response.write('{"ActionStatus":"OK","ErrorCode":0,')
    setTimeout(() => response.destroy(), 20)
  }
const silent: Behaviour = () => {}
const headersOnly: Behaviour = (response) => void response.writeHead(200, { 'content-length': 500 }).write('{')
/** A vendor that tells the caller's secrets in its refusal. */
const echo: Behaviour = (response, request) => {
  const userSig = new URL(request.url ?? '', 'http://localhost').searchParams.get('usersig') ?? ''
  response.end(JSON.stringify(fail(70003, `bad sig ${userSig} of ${settings.secretKey} ${'!'.repeat(5000)}`)))
}

describe('an outcome that nobody knows is told as such, and a write is never repeated', () => {
  it.each<[string, Behaviour, string]>([
    ['502', (response) => response.writeHead(502).end('<html>'), 'http-502'],
    ['503 cut short', (response) => void response.writeHead(503, { 'content-length': 9 }).write('x', () => response.destroy()), 'http-503'],
    ['404', (response) => response.writeHead(404).end('{}'), 'http-404'],
    ['a redirect', (response) => response.writeHead(302, { location: '/' }).end(), 'http-302'],
    ['no JSON', text('<html>maintenance</html>'), 'unreadable-answer'],
    ['nothing', text(''), 'unreadable-answer'],
    ['a list', text('[]'), 'unreadable-answer'],
    ['invalid UTF-8', (response) => response.end(Buffer.from([0x7b, 0xff, 0x7d])), 'unreadable-answer'],
    ['no ErrorCode', text('{"ActionStatus":"OK"}'), 'unreadable-answer'],
    ['no ActionStatus', text('{"ErrorCode":0}'), 'unreadable-answer'],
    ['ErrorCode as text', text('{"ActionStatus":"OK","ErrorCode":"0"}'), 'unreadable-answer'],
    ['ErrorInfo as object', text('{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":{}}'), 'unreadable-answer'],
    ['success and failure at once', text('{"ActionStatus":"FAIL","ErrorCode":0,"ErrorInfo":""}'), 'contradictory-answer'],
    ['a body cut short', cutShort({ 'content-length': 500 }), 'truncated-answer'],
    ['a chunked body cut short', cutShort({ 'transfer-encoding': 'chunked' }), 'truncated-answer'],
    ['a huge body', text(`{"ActionStatus":"OK","ErrorCode":0,"x":"${'x'.repeat(1024 * 1024)}"}`), 'oversized-answer'],
    ['a line that breaks', (response) => response.destroy(), 'connection'],
    ['an internal error', fail(100001), 'vendor-100001'],
    ['a time-out inside the vendor', fail(60008), 'vendor-60008'],
    ['a code that is in no table', fail(12345), 'vendor-12345'],
  ])('%s', async (_what, behaviour, cause) => {
    const { live, vendor } = await clientOf([behaviour])
    expect(await live.destroyRoom({ roomId: 'r' })).toMatchObject({ outcome: 'unknown', cause })
    expect(vendor.calls).toHaveLength(1)
  })

  it('no answer within the deadline', async () => {
    const { live, vendor } = await clientOf([silent], { timeoutMs: 200 })
    const started = performance.now()
    expect(await live.changeRoomOwner({ roomId: 'r', newOwner: 'bob' })).toEqual({ outcome: 'unknown', cause: 'timeout' })
    expect(performance.now() - started).toBeGreaterThanOrEqual(190)
    expect(performance.now() - started).toBeLessThan(3000)
    expect(vendor.calls).toHaveLength(1)
  })

  it.each<[string, Behaviour]>([
    ['nothing', silent],
    ['headers alone', headersOnly],
  ])('cut off when the vendor has sent %s, and from then on', async (_what, behaviour) => {
    const { live, vendor } = await clientOf([behaviour], { timeoutMs: 60_000 })
    const waiting = live.destroyRoom({ roomId: 'r' })
    while (vendor.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    live.cutOff()
    expect(await waiting).toEqual({ outcome: 'unknown', cause: 'shutdown' })
    expect(await live.getRoomInfo({ roomId: 'r' })).toEqual({ outcome: 'unknown', cause: 'shutdown' })
    expect(vendor.calls).toHaveLength(1)
  })

  it('cut off between two tries', async () => {
    const { live, vendor } = await clientOf([fail(100012), fail(100012), ok()], { timeoutMs: 60_000 })
    const waiting = live.createRoom({ roomId: 'r', seatTemplate: 'Karaoke', info: {} })
    while (vendor.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setTimeout(resolve, 100))
    live.cutOff()
    expect(await waiting).toMatchObject({ outcome: 'throttled', vendor: { errorCode: 100012 } })
    expect(vendor.calls).toHaveLength(1)
  })

  it('headers in time, body never', async () => {
    const { live } = await clientOf([headersOnly], { timeoutMs: 200 })
    expect(await live.destroyRoom({ roomId: 'r' })).toEqual({ outcome: 'unknown', cause: 'timeout' })
  })

  it('nobody there', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    const live = createLiveEngine({ baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 2000, ...settings })
    expect(await live.createRoom({ roomId: 'r', seatTemplate: 'Karaoke', info: {} })).toEqual({ outcome: 'unknown', cause: 'connection' })
    await live.close()
  })
})

describe('a read may be repeated', () => {
  it('when nobody knows what became of it', async () => {
    const { live, vendor } = await clientOf([fail(100001), (response) => response.writeHead(502).end(), ok({ RoomInfo: {} })])
    expect(await live.getRoomInfo({ roomId: 'r' })).toMatchObject({ outcome: 'ok' })
    expect(vendor.calls).toHaveLength(3)
  })

  it('twice at most', async () => {
    const { live, vendor } = await clientOf([fail(100001)])
    expect(await live.getRoomInfo({ roomId: 'r' })).toMatchObject({ outcome: 'unknown', cause: 'vendor-100001' })
    expect(vendor.calls).toHaveLength(3)
  })
})

describe('what the vendor turned away undone', () => {
  it('is refused with its word', async () => {
    const { live, vendor } = await clientOf([fail(100004, 'room absent')])
    expect(await live.destroyRoom({ roomId: 'r' })).toEqual({
      outcome: 'refused',
      vendor: { errorCode: 100004, errorInfo: 'room absent', requestId: 'r-2' },
    })
    expect(vendor.calls).toHaveLength(1)
  })

  it('is told from success by the code, whatever the status says', async () => {
    const { live } = await clientOf([text('{"ActionStatus":"OK","ErrorCode":100006}')])
    expect(await live.destroyRoom({ roomId: 'r' })).toEqual({ outcome: 'refused', vendor: { errorCode: 100006 } })
  })

  it('is a matter of configuration, and not repeated', async () => {
    const { live, vendor } = await clientOf([fail(70009)])
    expect(await live.destroyRoom({ roomId: 'r' })).toMatchObject({ outcome: 'configuration', vendor: { errorCode: 70009 } })
    expect(vendor.calls).toHaveLength(1)
  })

  it('is sent again after a while when it was throttled', async () => {
    const { live, vendor } = await clientOf([fail(60007), fail(60007), ok()])
    expect(await live.destroyRoom({ roomId: 'r' })).toMatchObject({ outcome: 'ok' })
    const [first, second, third] = vendor.calls.map(({ at }) => at)
    expect(second! - first!).toBeGreaterThanOrEqual(195)
    expect(third! - second!).toBeGreaterThanOrEqual(395)
  })

  it('waits a second where one room id may be created once a second', async () => {
    const { live, vendor } = await clientOf([fail(100012), ok()])
    expect(await live.createRoom({ roomId: 'r', seatTemplate: 'Karaoke', info: {} })).toMatchObject({ outcome: 'ok' })
    expect(vendor.calls[1]!.at - vendor.calls[0]!.at).toBeGreaterThanOrEqual(995)
  })

  it('is throttled in the end when it stays so', async () => {
    const { live, vendor } = await clientOf([fail(60011)])
    expect(await live.destroyRoom({ roomId: 'r' })).toMatchObject({ outcome: 'throttled', vendor: { errorCode: 60011 } })
    expect(vendor.calls).toHaveLength(4)
  })

  it.each([
    [100012, 990],
    [70050, 4000],
  ])('%i is not waited for beyond the deadline', async (code, timeoutMs) => {
    const { live, vendor } = await clientOf([fail(code)], { timeoutMs })
    const started = performance.now()
    expect(await live.destroyRoom({ roomId: 'r' })).toMatchObject({ outcome: 'throttled' })
    expect(performance.now() - started).toBeLessThan(timeoutMs)
    expect(vendor.calls).toHaveLength(1)
  })

  it('becomes unknown when the repetition gets no answer', async () => {
    const { live } = await clientOf([fail(60007), silent], { timeoutMs: 1500 })
    expect(await live.destroyRoom({ roomId: 'r' })).toEqual({ outcome: 'unknown', cause: 'timeout' })
  })
})

describe('the UserSig', () => {
  it('is one for many calls, and made anew when half of its day is over or the clock was set back', async () => {
    let now = Date.parse('2026-03-26T00:00:00Z')
    const { live, vendor } = await clientOf([ok()], { now: () => now })
    const sigAt = async (hours: number): Promise<string | null> => {
      now = Date.parse('2026-03-26T00:00:00Z') + hours * 3_600_000
      await live.destroyRoom({ roomId: 'r' })
      return vendor.calls.at(-1)!.query.get('usersig')
    }
    const first = await sigAt(0)
    expect(await sigAt(11.9)).toBe(first)
    const second = await sigAt(12)
    expect(second).not.toBe(first)
    expect(await sigAt(13)).toBe(second)
    expect(await sigAt(1)).not.toBe(second)
  })

  it('is made anew once when the vendor thinks it expired', async () => {
    let now = 1_700_000_000_000
    const { live, vendor } = await clientOf([fail(70001), ok()], { now: () => (now += 1000) })
    expect(await live.destroyRoom({ roomId: 'r' })).toMatchObject({ outcome: 'ok' })
    expect(vendor.calls[0]!.query.get('usersig')).not.toBe(vendor.calls[1]!.query.get('usersig'))
  })

  it.each([70001, 60004])('is a matter of configuration when %i comes again', async (code) => {
    const { live, vendor } = await clientOf([fail(code)])
    expect(await live.destroyRoom({ roomId: 'r' })).toMatchObject({ outcome: 'configuration', vendor: { errorCode: code } })
    expect(vendor.calls).toHaveLength(2)
  })

  it('and the key are in nothing that comes out, even if the vendor repeats them', async () => {
    const { live, vendor } = await clientOf([echo])
    const result = JSON.stringify(await live.destroyRoom({ roomId: 'r' }))
    expect(result).toContain('bad sig [hidden] of [hidden] !')
    expect(result).not.toContain(vendor.calls[0]!.query.get('usersig'))
    expect(result.length).toBeLessThan(1200)
  })
})
