import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld, type World } from '../support/world.js'

/** Asks for a stream, and looks at no more of it than its beginning. */
const begin = async (url: string, headers: Record<string, string> = {}) => {
  const gone = new AbortController()
  const answer = await fetch(url, { headers, signal: gone.signal })
  const text = answer.ok ? new TextDecoder().decode((await answer.body!.getReader().read()).value) : await answer.text()
  gone.abort()
  return { status: answer.status, headers: answer.headers, text }
}

describe('the key of the live feed, in the query', () => {
  let world: World
  beforeAll(async () => void (world = await createWorld({ EVENTS_KEY_IN_QUERY: 'allow' })))
  afterAll(() => world.close())
  const stream = (key = world.secret) => `${world.url}/v1/events/stream?access_token=${key}`

  it('given leave, then the stream begins, and nobody may store it or pass its address on', async () => {
    const { status, headers, text } = await begin(stream())
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
    expect(headers.get('cache-control')).toMatch(/\bno-store\b/)
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(text).toMatch(/^retry: /)
  })

  it('given leave, when the headers alone are asked for, then they come, and that is all', async () => {
    const { status, headers } = await fetch(stream(), { method: 'HEAD', signal: AbortSignal.timeout(5_000) })
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
  })

  it('given leave, then a wrong key, two keys, and parameters that are wrong are refused as ever', async () => {
    const wrong = await begin(stream('hidden-guess'))
    const two = await begin(stream(), { Authorization: `Bearer ${world.secret}` })
    const odd = await begin(`${stream()}&types=Nothing`)
    expect([wrong.status, two.status, odd.status]).toEqual([401, 400, 400])
    expect(wrong.headers.get('cache-control')).toBe('no-store')
    for (const { text } of [wrong, two, odd]) {
      expect(JSON.parse(text).instance).toBe('/v1/events/stream')
      expect(text).not.toMatch(new RegExp(`hidden|${world.secret}`))
    }
  })

  it.each(['/v1/events', '/v1/rooms', '/v1/operations'])('given leave, then %s takes no key from there all the same', async (path) => {
    const answer = await world.anonymous.get(`${path}?access_token=${world.secret}`)
    expect([answer.status, answer.text.includes(world.secret)]).toEqual([401, false])
    await world.api('get', `${path}?access_token=${world.secret}`).expect(400)
  })

  it('given leave, then the metrics know the address, and not the key', async () => {
    await begin(stream())
    const { text } = await world.anonymous.get('/metrics').expect(200)
    expect(text).not.toMatch(new RegExp(`access_token|${world.secret}`))
  })

  it('given no leave, then the refusal names the setting, and not the key', async () => {
    await world.restart({ EVENTS_KEY_IN_QUERY: '' })
    const { status, headers, text } = await begin(stream())
    expect([status, headers.get('www-authenticate'), headers.get('cache-control')]).toEqual([401, 'Bearer', 'no-store'])
    expect(JSON.parse(text).detail).toContain('EVENTS_KEY_IN_QUERY')
    expect(text).not.toContain(world.secret)
    expect((await begin(`${world.url}/v1/events/stream`, { Authorization: `Bearer ${world.secret}` })).status).toBe(200)
  })
})
