import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stepsIn } from '../support/steps.js'
import { createWorld, type World } from '../support/world.js'

const dashboard = 'https://dashboard.example.org'
const listOf = (header: string | undefined): string[] => (header ?? '').split(',').map((name) => name.trim().toLowerCase())

describe('a dashboard in a browser, at an origin of its own', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld({ CORS_ORIGINS: dashboard })
  })
  afterAll(() => world.close())

  const preflight = (method: string, path: string, headers: string, origin = dashboard) =>
    world.anonymous
      .options(path)
      .set('Origin', origin)
      .set('Access-Control-Request-Method', method)
      .set('Access-Control-Request-Headers', headers)

  it.each([
    ['GET', '/v1/rooms/shown', 'authorization,if-none-match'],
    ['POST', '/v1/rooms', 'authorization,content-type,idempotency-key,prefer'],
    ['PATCH', '/v1/rooms/shown', 'authorization,content-type,if-match'],
    ['PUT', '/v1/rooms/shown/owner', 'authorization,content-type,if-match,on-behalf-of'],
    ['DELETE', '/v1/rooms/shown', 'authorization,prefer,x-request-id'],
    ['GET', '/v1/events/stream', 'authorization,last-event-id'],
  ])('given %s %s with %s, when the browser asks first, then it may', async (method, path, headers) => {
    const answer = await preflight(method, path, headers)
    expect(answer.status).toBe(204)
    expect(answer.headers['access-control-allow-origin']).toBe(dashboard)
    expect(listOf(answer.headers['access-control-allow-methods'])).toContain(method.toLowerCase())
    expect(listOf(answer.headers['access-control-allow-headers'])).toEqual(expect.arrayContaining(headers.split(',')))
  })

  it('given a header that the API does not take, or another origin, then the browser hears of no leave', async () => {
    const odd = await preflight('GET', '/v1/rooms', 'x-odd')
    expect(listOf(odd.headers['access-control-allow-headers'])).not.toContain('x-odd')
    const other = await preflight('DELETE', '/v1/rooms/shown', 'authorization', 'https://elsewhere.example.org')
    expect(other.headers['access-control-allow-origin']).toBeUndefined()
  })

  it('given an answer, also one that refuses, then the page may read it and the headers that it needs', async () => {
    await stepsIn(world).create('shown').set('Prefer', 'wait=10').expect(200)
    for (const [path, status] of [
      ['/v1/rooms/shown', 200],
      ['/v1/rooms/nobody', 404],
    ] as const) {
      const answer = await world.api('get', path).set('Origin', dashboard).expect(status)
      expect(answer.headers['access-control-allow-origin']).toBe(dashboard)
      expect(listOf(answer.headers['access-control-expose-headers'])).toEqual(['etag', 'location', 'retry-after', 'ledger-position'])
    }
    const unauthorized = await world.anonymous.get('/v1/rooms').set('Origin', dashboard).expect(401)
    expect(unauthorized.headers['access-control-allow-origin']).toBe(dashboard)
  })
})
