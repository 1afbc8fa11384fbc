import { Controller, Post, Req } from '@nestjs/common'
import fc from 'fast-check'
import type { FastifyRequest } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyLimit, Public } from '../src/index.js'
import { findJsonFlaw } from '../src/http/json-flaw.js'
import { isNaturalKey } from '../src/http/natural-keys.js'
import { startApp, type RunningApp } from './support/app.js'

@Controller('raw')
@Public()
class RawController {
  @Post() take(@Req() request: FastifyRequest) {
    return { bytes: (request.body as Buffer).toString('hex') }
  }
}

describe('bodies', () => {
  let running: RunningApp
  beforeAll(async () => {
    running = await startApp({ controllers: [RawController] })
    await running.app.listen(0, '127.0.0.1')
  })
  afterAll(() => running.app.close())

  const send = (body: string | Buffer, type = 'application/json', path = '/v1/things') =>
    running.http
      .post(path)
      .set('Content-Type', type)
      .serialize((sent: unknown) => sent as string)
      .send(body)

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON', 'application/merge-patch+json'])(
    'given the type %s, then the body is read',
    async (type) => {
      const answer = await send('\uFEFF{"name":"Zoë","count":12}', type)
      expect([answer.status, answer.body]).toEqual([201, { name: 'Zoë', count: 12 }])
    },
  )

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'text/json', 'application/xml', ''])(
    'given the type %j, then 415',
    async (type) => {
      const answer = await send('{"name":"a"}', type)
      expect([answer.status, answer.body.type]).toEqual([415, '/problems/unsupported-media-type'])
    },
  )

  it('given a compressed body, then 415', async () => {
    const answer = await send('{"name":"a"}').set('Content-Encoding', 'gzip')
    expect(answer.status).toBe(415)
  })

  it.each<[string | Buffer, string]>([
    ['', 'body'],
    ['{"name":', 'body'],
    ['{"name":"a"} {}', 'body'],
    ["{'name':'a'}", 'body'],
    ['[]', 'body'],
    ['[{"name":"a"}]', 'body'],
    ['null', 'body'],
    ['"name"', 'body'],
    ['7', 'body'],
    [Buffer.from([...Buffer.from('{"name":"'), 0xc3, 0x28, ...Buffer.from('"}')]), 'body'],
    [Buffer.from('{"name":"a"}', 'utf16le'), 'body'],
    ['{"name":"a","name":"b"}', 'name'],
    ['{"name":"a","name":"a"}', 'name'],
    ['{"name":"a","na\\u006de":"a"}', 'name'],
    ['{"name":"a","inner":{"size":1,"size":1}}', 'inner.size'],
    ['{"name":"a","count":144115216631667826}', 'count'],
    ['{"name":"a","count":9007199254740993.0}', 'count'],
    ['{"name":"a","count":1e400}', 'count'],
    ['{"name":"a","count":0.12345678901234567890}', 'count'],
    ['{"name":"a","inner":{"sizes":[1,[2,9007199254740993]]}}', 'inner.sizes[1][1]'],
    ['{"name":"\\ud800"}', 'name'],
    ['{"name":"a","__proto__":{"count":1}}', '__proto__'],
    ['{"name":"a","\\u005f_proto__":{"count":1}}', '__proto__'],
    ['{"name":"a","constructor":{"prototype":{"count":1}}}', 'constructor'],
    ['{"name":"a","prototype":{"count":1}}', 'prototype'],
    ['{"name":"a","inner":{"size":1,"prototype":2}}', 'inner.prototype'],
    ['{"name":"a","toString":1}', 'toString'],
    ['{"name":"a","inner":{"size":1,"valueOf":2}}', 'inner.valueOf'],
    ['{"name":"a","colour":"red"}', 'colour'],
    ['{"name":"a","inner":{"size":1,"colour":2}}', 'inner.colour'],
    ['{"name":"a","inner":{"size":"1"}}', 'inner.size'],
    ['{"name":"a","inner":null}', 'inner'],
    ['{"name":null}', 'name'],
    ['{"name":"a","count":null}', 'count'],
    ['{"name":"a","count":"1"}', 'count'],
    ['{"name":7}', 'name'],
    ['{"name":"ééééé"}', 'name'],
    ['{"name":"a\\u0000b"}', 'name'],
    ['{"name":"a\\nb"}', 'name'],
    ['{}', 'name'],
  ])('given the body %s, then 400 names %s', async (body, place) => {
    const answer = await send(body)
    expect([answer.status, answer.body.type]).toEqual([400, '/problems/invalid-request'])
    expect(Object.keys(answer.body.errors)).toEqual([place])
    expect(({} as { count?: number }).count).toBeUndefined()
  })

  it('given several bad fields, then each is named', async () => {
    const { body } = await send('{"name":7,"count":"1","colour":1}')
    expect(Object.keys(body.errors).toSorted()).toEqual(['colour', 'count', 'name'])
  })

  it.each([
    ['{}', { name: ['name is required'] }],
    ['{"name":"a","inner":{}}', { 'inner.size': ['inner.size is required'] }],
    ['{"count":1,"inner":{"size":"1"}}', { name: ['name is required'], 'inner.size': ['size must be an integer number'] }],
  ])('given the body %s, then of what is missing it is only said that it is required', async (body, errors) => {
    const answer = await send(body)
    expect(answer.body).toMatchObject({ detail: `${Object.values(errors)[0]![0]}.`, errors })
  })

  it('given null for what is required, then the rules are said, since it is there', async () => {
    const { body } = await send('{"name":null}')
    expect(body.errors.name).toContain('name must be a string')
  })

  it('given text that only looks like trouble, then it is text', async () => {
    const answer = await send('{"name":"{\\"a\\",:"}')
    expect([answer.status, answer.body]).toEqual([201, { name: '{"a",:' }])
  })

  it.each([
    ['arrays', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['objects', '{"a":'.repeat(30_000) + '1' + '}'.repeat(30_000)],
  ])('given %s nested without end, then 400 and no overflow', async (_, nested) => {
    const answer = await send(`{"name":"a","inner":${nested}}`)
    expect([answer.status, answer.body.detail.includes('deeper than 32')]).toEqual([400, true])
  })

  it('given a body at the limit, then it is read; one byte more is 413, announced or not', async () => {
    const fill = (bytes: number): string => `{"name":"a"${' '.repeat(bytes - 12)}}`
    expect((await send(fill(bodyLimit))).status).toBe(201)
    const announced = await send(fill(bodyLimit + 1))
    expect([announced.status, announced.body.type]).toEqual([413, '/problems/payload-too-large'])
    // A stream has no length to announce.
    const chunked = await fetch(`${await running.app.getUrl()}/v1/things`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: new Blob([fill(bodyLimit + 1)]).stream(),
      duplex: 'half',
    })
    expect([chunked.status, await chunked.json()]).toEqual([413, expect.objectContaining({ type: '/problems/payload-too-large' })])
  })

  it('given no body where none is needed, then the route answers; where one is needed, 400', async () => {
    expect((await running.http.put('/v1/things/a').set('Content-Type', 'application/json')).status).toBe(200)
    const answer = await running.http.patch('/v1/things/a')
    expect([answer.status, answer.body.errors]).toEqual([400, { body: ['is required'] }])
    expect((await running.http.patch('/v1/things/a').send({})).body).toEqual({ id: 'a' })
  })

  it('given a route that wants bytes, then they come as they were sent, whatever the type says', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x7d])
    expect((await send(bytes, 'application/x-www-form-urlencoded', '/raw')).body).toEqual({ bytes: '7bff007d' })
  })

  it('given any JSON that JavaScript writes, then no flaw is found; with a key doubled anywhere, one is', () => {
    const key = fc.string().filter((name) => !isNaturalKey(name))
    const { tree } = fc.letrec((tie) => ({
      leaf: fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
      ),
      tree: fc.oneof(
        { maxDepth: 4 },
        tie('leaf'),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }))
    fc.assert(
      fc.property(fc.dictionary(key, tree), key, tree, (object, name, value) => {
        expect(findJsonFlaw(JSON.stringify(object))).toBeUndefined()
        const member = `${JSON.stringify(name)}:${JSON.stringify(value)}`
        expect(findJsonFlaw(`[${JSON.stringify(object)},{${member},"\\u0000other":[{}],${member}}]`)?.message).toBe('comes twice')
      }),
      { numRuns: 1000 },
    )
  })
})

describe('queries', () => {
  let running: RunningApp
  beforeAll(async () => void (running = await startApp()))
  afterAll(() => running.app.close())

  it('given known parameters once, then they get through as text', async () => {
    expect((await running.http.get('/v1/things?q=12')).body).toEqual({ q: '12' })
    expect((await running.http.get('/v1/things?q=')).body).toEqual({ q: '' })
  })

  it.each(['q=1&q=1', 'q=1&%71=2', 'q=1&x=1&q='])('given a parameter twice, as in %s, then 400 says so', async (query) => {
    const answer = await running.http.get(`/v1/things?${query}`)
    expect([answer.status, answer.body.errors]).toEqual([400, { q: ['comes twice'] }])
  })

  it.each([
    ['Q=1', 'Q'],
    ['colour=red', 'colour'],
    ['q[a]=1', 'q[a]'],
    ['constructor=1', 'constructor'],
    ['__proto__=1', '__proto__'],
    ['prototype=1', 'prototype'],
    ['toString=1', 'toString'],
  ])('given the query %s, then 400 names %s', async (query, name) => {
    const answer = await running.http.get(`/v1/things?${query}`)
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, [name]])
  })
})
