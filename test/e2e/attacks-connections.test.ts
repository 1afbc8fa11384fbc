import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getRaw, heard, openSocket, sendRaw } from '../support/raw-request.js'
import { createWorld, type World } from '../support/world.js'

const problemOf = ({ head, body }: { head: string; body: string }) => {
  expect(head).toMatch(/content-type: application\/problem\+json/i)
  return JSON.parse(body)
}

describe('whoever abuses connections', () => {
  let world: World
  beforeAll(async () => void (world = await createWorld()))
  afterAll(() => world.close())
  const post = (rest: string) => `POST /v1/rooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${rest}`

  it(
    'given a hundred that send nothing, or a byte now and then, in headers or bodies, then others are served meanwhile, and each is cut off with 408',
    { timeout: 60_000 },
    async () => {
      const began = performance.now()
      const kinds = [
        { begin: '', drip: '' },
        { begin: 'GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ', drip: 'a' },
        { begin: post('Content-Length: 1000\r\n\r\n{"roomId":"'), drip: 'a' },
        { begin: post('Transfer-Encoding: chunked\r\n\r\n'), drip: '1\r\na\r\n' },
      ]
      const attackers = await Promise.all(
        Array.from({ length: 100 }, async (_, i) => {
          const { begin, drip } = kinds[i % kinds.length]!
          const socket = await openSocket(world.url)
          const answer = heard(socket)
          socket.write(begin)
          const timer = setInterval(() => socket.write(drip), 500)
          const over = answer.finally(() => clearInterval(timer)).then((text) => ({ text, afterMs: performance.now() - began }))
          return { over }
        }),
      )
      const served = await Promise.all(Array.from({ length: 20 }, () => getRaw(world.url, '/health/live')))
      expect(new Set(served.map(({ status }) => status))).toEqual(new Set([200]))
      for (const { over } of attackers) {
        const { text, afterMs } = await over
        expect(text).toMatch(/^HTTP\/1\.1 408 [^]*"type":"\/problems\/request-timeout"/)
        expect(afterMs).toBeLessThan(40_000)
      }
    },
  )

  it.each([
    ['one header of 20 KiB', { 'X-Long': 'x'.repeat(20 * 1024) }],
    ['a thousand headers', Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`X-${i}`, 'x'.repeat(20)]))],
    ['a credential of 17 KiB', { Authorization: `Bearer ${'x'.repeat(17 * 1024)}` }],
  ])('given %s, then 431 as a problem, and the connection is closed', async (_, headers) => {
    const answer = await getRaw(world.url, '/v1/rooms', headers)
    expect([answer.status, problemOf(answer).type]).toEqual([431, '/problems/headers-too-large'])
    expect(answer.head).toMatch(/connection: close/i)
  })

  it('given an address of 20 KiB, then it is refused as a problem', async () => {
    const answer = await getRaw(world.url, `/v1/rooms?q=${'x'.repeat(20 * 1024)}`)
    expect([answer.status, problemOf(answer).type]).toEqual([431, '/problems/headers-too-large'])
  })

  it.each([
    ['no HTTP', 'HELO room-ledger\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    ['two lengths', post('Content-Length: 2\r\nContent-Length: 50\r\n\r\n{}')],
    [
      'a length and chunks, of which two servers may think differently',
      post('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    ],
    ['a length below zero', post('Content-Length: -1\r\n\r\n')],
    ['a header without a name', 'GET /health/live HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n'],
    ['a line break of its own in a header', 'GET /health/live HTTP/1.1\r\nHost: x\r\nX-A: b\nGET /metrics HTTP/1.1\r\n\r\n'],
    ['NUL in a header', 'GET /health/live HTTP/1.1\r\nHost: x\r\nX-A: b\0c\r\n\r\n'],
    ['no host', 'GET /health/live HTTP/1.1\r\n\r\n'],
  ])('given %s, then 400, once, and the connection is closed', async (_, text) => {
    const { status, head, body } = await sendRaw(world.url, text)
    expect(status).toBe(400)
    expect(`${head}${body}`.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
  })

  it('given a method that nobody uses, then it is refused and nothing is traced back', async () => {
    for (const method of ['TRACE', 'CONNECT', 'PROPFIND', 'OPTIONS']) {
      const { status, body } = await sendRaw(
        world.url,
        `${method} /v1/rooms HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Secret: hunter2\r\n\r\n`,
      )
      expect([method, status === 0 || (status >= 400 && status < 500)]).toEqual([method, true])
      expect(body).not.toContain('hunter2')
    }
  })

  it('given a body without end, announced or not, then 413 without reading on', async () => {
    const announced = await sendRaw(world.url, post(`Authorization: ${bearer()}\r\nContent-Length: 9000000000\r\n\r\n{`))
    expect([announced.status, problemOf(announced).type]).toEqual([413, '/problems/payload-too-large'])
    const socket = await openSocket(world.url)
    const answer = heard(socket)
    socket.write(post(`Authorization: ${bearer()}\r\nTransfer-Encoding: chunked\r\n\r\n`))
    for (let sent = 0; sent < 300 && !socket.destroyed; sent += 1) socket.write(`400\r\n${'x'.repeat(1024)}\r\n`)
    expect(await answer).toMatch(/^HTTP\/1\.1 413 [^]*payload-too-large/)
  })
  const bearer = (): string => (world.api('get', '/') as unknown as { header: Record<string, string> }).header['Authorization']!
})
