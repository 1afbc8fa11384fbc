import { readFile } from 'node:fs/promises'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Controller, Get, HttpException, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Problem, problemsPage, problemTypes, Public, toProblem } from '../src/index.js'
import { startApp, type RunningApp } from './support/app.js'

class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

@Controller('fail')
@Public()
class FailController {
  @Get('problem') problem() {
    throw new Problem({
      type: 'room-destroyed',
      detail: 'It was dissolved.',
      errors: { roomId: ['is destroyed'] },
      vendor: { errorCode: 100004, errorInfo: 'no such room', requestId: 'r' },
      operationId: 'op',
      retryAfter: 2.5,
      headers: { Location: '/v1/operations/op' },
    })
  }
  @Get('http') http() {
    throw new HttpException('I am a teapot', 418)
  }
  @Get('words') words() {
    throw new Error('the words of a defect, usersig=eJwtzEEL')
  }
  @Get('nothing') nothing() {
    throw undefined as unknown as Error
  }
  @Get('store') store() {
    throw new StoreUnavailable('disk full at /var/lib')
  }
  @Get('late') late(@Res() reply: FastifyReply) {
    reply.raw.writeHead(200, { 'Content-Length': '100' })
    reply.raw.write('half')
    throw new Error('too late for an answer')
  }
}

describe('problem details', () => {
  let running: RunningApp
  let port: number
  beforeAll(async () => {
    running = await startApp({ controllers: [FailController] })
    await running.app.listen(0, '127.0.0.1')
    port = (running.app.getHttpServer().address() as AddressInfo).port
  })
  afterAll(() => running.app.close())

  it('given a problem with everything, then all of it is answered and nothing else', async () => {
    const answer = await running.http.get('/fail/problem?Sign=abc')
    expect(answer.status).toBe(409)
    expect(answer.headers).toMatchObject({ 'retry-after': '3', location: '/v1/operations/op' })
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(answer.body).toEqual({
      type: '/problems/room-destroyed',
      title: problemTypes['room-destroyed'].title,
      status: 409,
      detail: 'It was dissolved.',
      instance: '/fail/problem',
      errors: { roomId: ['is destroyed'] },
      vendor: { errorCode: 100004, errorInfo: 'no such room', requestId: 'r' },
      operationId: 'op',
    })
  })

  it.each<[string, number, string]>([
    ['/fail/http', 400, 'invalid-request'],
    ['/fail/words', 500, 'internal-error'],
    ['/fail/nothing', 500, 'internal-error'],
    ['/fail/store', 503, 'store-unavailable'],
    ['/nowhere?Sign=abc', 404, 'not-found'],
    ['/callbacks/live/the-secret?Sign=abc', 404, 'not-found'],
    ['/v1/%zz', 400, 'invalid-request'],
    [`/v1/things/${'x'.repeat(600)}`, 400, 'invalid-request'],
  ])('given %s, then %i %s, without query, secret or stack', async (path, status, slug) => {
    const answer = path.startsWith('/v1/things/') ? await running.http.put(path) : await running.http.get(path)
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(answer.body).toMatchObject({ type: `/problems/${slug}`, status, title: expect.any(String), detail: expect.stringMatching(/./) })
    expect([answer.status, answer.body.status]).toEqual([status, status])
    expect(answer.text).not.toMatch(/Sign|abc|the-secret|of a defect|var\/lib|\bat .*:\d+/)
  })

  it('given a method that an address does not have, then 404', async () => {
    expect((await running.http.delete('/v1/things')).body).toMatchObject({
      type: '/problems/not-found',
      detail: 'Nothing answers at this address and method.',
      instance: '/v1/things',
    })
  })

  it('given 429 and 503, then they say when to come again, also where nobody thought of it', async () => {
    expect((await running.http.get('/fail/store')).headers['retry-after']).toBe('1')
  })

  it('given a defect, then the log has it under the id that the answer carries, and without secrets', async () => {
    const answer = await running.http.get('/fail/words')
    const id = answer.headers['x-request-id']
    const line = running.logged().find((entry) => entry['requestId'] === id)
    expect(line).toMatchObject({ level: 50, msg: 'unforeseen error', req: { id, path: '/fail/words' } })
    expect(JSON.stringify(line)).toContain('the words of a defect, usersig=[redacted]')
    expect(running.log()).not.toContain('eJwtzEEL')
  })

  it('given a failure after the answer began, then the connection breaks: half an answer must not look whole', async () => {
    await expect(running.http.get('/fail/late')).rejects.toThrow(/aborted|hang up|reset/i)
    // Said once, and not followed by the failure of an attempt to answer.
    expect(
      running
        .log()
        .match(/"msg":"unforeseen error"[^\n]*/g)
        ?.at(-1),
    ).toBeDefined()
    expect(running.log()).not.toMatch(/ERR_HTTP_HEADERS_SENT|FST_ERR_REP/)
  })

  it('given something that is no HTTP, then the answer still is a problem', async () => {
    const socket = connect(port, '127.0.0.1')
    socket.write('HELLO\r\n\r\n')
    const answer = await text(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/)
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ type: '/problems/invalid-request', status: 400 })
  })

  it.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [405, 'invalid-request'],
    [408, 'invalid-request'],
    [412, 'precondition-failed'],
    [429, 'too-many-requests'],
    [502, 'internal-error'],
    [503, 'not-ready'],
  ])('given a status %i out of the framework, then it is %s', (statusCode, type) => {
    expect(toProblem({ statusCode, message: 'x' }).parts.type).toBe(type)
    expect(toProblem(new HttpException('x', statusCode)).parts.type).toBe(type)
  })
})

describe('types of problems', () => {
  let running: RunningApp
  beforeAll(async () => void (running = await startApp()))
  afterAll(() => running.app.close())

  it('given a type, then its address explains it, to a program and to a person', async () => {
    for (const [slug, { status, title, meaning }] of Object.entries(problemTypes)) {
      const type = `/problems/${slug}`
      expect((await running.http.get(type)).body).toEqual({ type, status, title, meaning })
      const page = await running.http.get(type).set('Accept', 'text/html,application/xhtml+xml')
      expect(page.headers['content-type']).toMatch(/^text\/html/)
      expect(page.text).toContain(`<h1>${title}</h1>`)
    }
  })

  it('given no such type, then 404, also for names that every object has', async () => {
    for (const slug of ['none', 'constructor', '__proto__']) expect((await running.http.get(`/problems/${slug}`)).status).toBe(404)
  })

  it('given all of them, then they are listed', async () => {
    expect((await running.http.get('/problems')).body.items).toHaveLength(Object.keys(problemTypes).length)
  })

  it('given the table of the contract, then each type has its status', () => {
    const statuses = Object.fromEntries(Object.entries(problemTypes).map(([slug, { status }]) => [slug, status]))
    expect(statuses).toMatchObject({
      'vendor-refused-parameters': 422,
      'room-id-taken': 409,
      'room-not-at-vendor': 404,
      'vendor-not-permitted': 409,
      'vendor-throttled': 429,
      'vendor-configuration': 502,
      'room-not-known-at': 404,
      'room-destroyed': 409,
    })
  })

  it('given the page in the reference, then it says what the table says', async () => {
    expect(await readFile(new URL('../../../docs/reference/problems.md', import.meta.url), 'utf8')).toBe(problemsPage())
  })
})
