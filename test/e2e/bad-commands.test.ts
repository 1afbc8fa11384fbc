import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld, type World } from '../support/world.js'

describe('commands that are not well formed', () => {
  let world: World
  beforeAll(async () => void (world = await createWorld()))
  afterAll(() => world.close())

  const room = { roomId: 'r', seatTemplate: 'Karaoke' }

  it.each<[string, unknown, string]>([
    ['an unknown field', { ...room, colour: 'red' }, 'colour'],
    ['null', { ...room, roomName: null }, 'roomName'],
    ['a notice on create', { ...room, notice: 'hello' }, 'notice'],
    ['no roomId', { seatTemplate: 'Karaoke' }, 'roomId'],
    ['no seatTemplate', { roomId: 'r' }, 'seatTemplate'],
    ['a roomId of 49 bytes', { ...room, roomId: 'é'.repeat(24) + 'x' }, 'roomId'],
    ['a roomId with a line break', { ...room, roomId: 'a\nb' }, 'roomId'],
    ['a name of 101 bytes', { ...room, roomName: 'é'.repeat(50) + 'x' }, 'roomName'],
    ['a cover of 201 bytes', { ...room, coverUrl: 'x'.repeat(201) }, 'coverUrl'],
    ['four tags', { ...room, category: [1, 2, 3, 4] }, 'category'],
    ['a tag that is no integer', { ...room, category: [1.5] }, 'category'],
    ['a flag as text', { ...room, isPublicVisible: 'true' }, 'isPublicVisible'],
    ['a number as text', { ...room, maxMemberCount: '5' }, 'maxMemberCount'],
    ['an unknown seat mode', { ...room, takeSeatMode: 'None' }, 'takeSeatMode'],
    ['a reason of 501 characters', { ...room, reason: 'x'.repeat(501) }, 'reason'],
    ['__proto__', JSON.parse('{"roomId":"r","seatTemplate":"Karaoke","__proto__":{"a":1}}'), '__proto__'],
  ])('given %s, then 400 names the field and nothing is sent', async (_, body, field) => {
    const answer = await world.api('post', '/v1/rooms').send(JSON.stringify(body)).set('Content-Type', 'application/json')
    expect(answer.status).toBe(400)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.body.type).toBe('/problems/invalid-request')
    expect(JSON.stringify(answer.body.errors)).toContain(field)
    expect((await world.api('get', `/v1/operations?since=${world.startedAt}`)).body.items).toEqual([])
  })

  it.each([
    ['{"roomId":', 400],
    ['[]', 400],
    ['"text"', 400],
    ['null', 400],
    ['', 400],
    ['{"newOwner":"a","newOwner":"b"}', 400],
    [JSON.stringify({ newOwner: 'x'.repeat(300 * 1024) }), 413],
  ])('given the body %.40s, then %i', async (body, status) => {
    const answer = await world.api('put', '/v1/rooms/r/owner').set('Content-Type', 'application/json').send(body)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toContain('application/problem+json')
  })

  it('given a body that is not JSON by its type, then 415', async () => {
    expect((await world.api('put', '/v1/rooms/r/owner').set('Content-Type', 'text/plain').send('newOwner=a')).status).toBe(415)
  })

  it('given an update of nothing, then 400', async () => {
    expect((await world.api('patch', '/v1/rooms/r').send({ reason: 'why not' })).status).toBe(400)
  })

  it.each([
    ['Idempotency-Key', 'two words'],
    ['If-Match', 'abc'],
    ['Prefer', 'wait=soon'],
  ])('given the header %s: %s, then 400 names it', async (header, value) => {
    const answer = await world.api('put', '/v1/rooms/r/owner').set(header, value).send({ newOwner: 'a' })
    expect(answer.status).toBe(400)
    expect(Object.keys(answer.body.errors)).toEqual([header])
  })

  it.each([
    'limit=0',
    'limit=501',
    'limit=x',
    'limit=1&limit=2',
    'status=open',
    'cursor=nonsense',
    'sort=owner',
    'updatedSince=yesterday',
    'minPosition=nonsense',
    'colour=red',
  ])('given the query %s, then 400', async (query) => {
    const answer = await world.api('get', `/v1/rooms?${query}`)
    expect(answer.status).toBe(400)
    expect(Object.keys(answer.body.errors)).toEqual([query.split('=')[0]])
  })

  it('given no credential, a wrong one, or too little scope, then 401, 401 and 403', async () => {
    const nobody = await world.anonymous.get('/v1/rooms')
    expect(nobody.status).toBe(401)
    expect(nobody.headers['www-authenticate']).toMatch(/^Bearer/)
    expect((await world.anonymous.get('/v1/rooms').set('Authorization', 'Bearer wrong')).status).toBe(401)
    const reader = world.reader('get', '/v1/rooms')
    expect((await reader).status).toBe(200)
    expect((await world.reader('delete', '/v1/rooms/r')).status).toBe(403)
  })
})
