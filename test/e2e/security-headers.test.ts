import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld, type World } from '../support/world.js'

const strict = "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'"

/** A policy as a browser reads it: directive → sources. */
const policyOf = (header: string): Map<string, string[]> =>
  new Map(
    header.split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(/\s+/)
      return [name, sources]
    }),
  )

describe('what browsers are told', () => {
  let world: World
  beforeAll(async () => void (world = await createWorld({ TRUSTED_PROXIES: '127.0.0.1' })))
  afterAll(() => world.close())

  it.each([
    ['an answer', '/v1/rooms', 200],
    ['a refusal', '/v1/rooms?colour=red', 400],
    ['a room nobody knows', '/v1/rooms/nobody', 404],
    ['an address nobody knows', '/nowhere', 404],
    ['an address that is none', '/v1/rooms/%zz', 400],
    ['metrics', '/metrics', 200],
    ['a page', '/problems/not-found', 200],
  ])('given %s, then it is no page that may do anything, may be framed, or be taken for another type', async (_, path, status) => {
    const { headers } = await world.api('get', path).set('Accept', 'text/html').expect(status)
    expect(headers).toMatchObject({
      'content-security-policy': strict,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'x-request-id': expect.stringMatching(/./),
    })
    expect(headers).not.toHaveProperty('x-powered-by')
    expect(headers).not.toHaveProperty('server')
  })

  it('given a callback, taken or refused, then the same holds', async () => {
    const queries: readonly Record<string, string>[] = [{}, { Sign: '0'.repeat(64) }]
    for (const query of queries) {
      const { headers } = await world.callback({ CallbackCommand: 'Live.CallbackAfterSomethingNew' }, { query })
      expect(headers['content-security-policy']).toBe(strict)
    }
  })

  it('given a client that came by TLS, as a trusted proxy says, then HSTS; else none', async () => {
    const by = async (protocol?: string) => {
      const request = world.anonymous.get('/health/live')
      return (await (protocol === undefined ? request : request.set('X-Forwarded-Proto', protocol))).headers['strict-transport-security']
    }
    expect(await by('https')).toMatch(/^max-age=\d{8}/)
    expect([await by('http'), await by()]).toEqual([undefined, undefined])
    await world.restart({ TRUSTED_PROXIES: '' })
    expect(await by('https')).toBeUndefined()
  })

  it('given the page of the API, then its policy lets in all that the page needs, and no script that stands in it', async () => {
    const { text, headers } = await world.anonymous.get('/docs').expect(200)
    const policy = policyOf(headers['content-security-policy']!)
    expect(policy.get('script-src')).toEqual(["'self'"])
    expect(policy.get('connect-src')).toEqual(["'self'"])
    expect(policy.get('default-src')).toEqual(["'none'"])
    expect(policy.get('frame-ancestors')).toEqual(["'none'"])
    const scripts = [...text.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)].map(([, attributes = '', code = '']) => ({ attributes, code }))
    expect(scripts.length).toBeGreaterThan(1)
    for (const { attributes, code } of scripts) {
      expect(code.trim()).toBe('')
      const source = /src=["']([^"']+)["']/.exec(attributes)?.[1] ?? ''
      const address = new URL(source, `${world.url}/docs`)
      expect(address.origin).toBe(new URL(world.url).origin)
      const file = await fetch(address)
      expect([source, file.status, file.headers.get('content-type')]).toEqual([source, 200, expect.stringMatching(/javascript/)])
    }
    expect(text).not.toMatch(/\son\w+=/i)
    for (const [, address = ''] of text.matchAll(/<link[^>]*href=["']([^"']+)["']/g))
      expect((await fetch(new URL(address, `${world.url}/docs`))).status).toBe(200)
  })
})
