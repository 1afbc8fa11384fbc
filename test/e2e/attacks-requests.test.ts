import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getRaw, sendRaw } from '../support/raw-request.js'
import { stepsIn } from '../support/steps.js'
import { createWorld, type World } from '../support/world.js'

/** What every object has by nature. Whoever writes to one of them in somebody's memory writes to all objects at once. */
const natural = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']
const at = 1_774_546_156_000

describe('odd requests', () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  beforeAll(async () => {
    world = await createWorld()
    steps = stepsIn(world)
    await steps.create('stands').set('Prefer', 'wait=10').expect(200)
  })
  afterAll(() => world.close())
  /** Nothing that came in has left a mark on what all objects share, and the service works. */
  const isUnharmed = async (): Promise<boolean> =>
    Object.keys(Object.prototype).length === 0 && !('polluted' in {}) && (await world.api('get', '/v1/rooms/stands')).status === 200
  const credential = (): string => (world.api('get', '/') as unknown as { header: Record<string, string> }).header['Authorization']!
  const get = (path: string) => getRaw(world.url, path, { Authorization: credential() })

  describe('room ids in a path', () => {
    it.each([
      ['parents', '..%2f..%2f..%2fetc%2fpasswd'],
      ['parents twice encoded', '%252e%252e%252fetc%252fpasswd'],
      ['parents of Windows', '..%5c..%5cwindows%5cwin.ini'],
      ['a dot', '%2e'],
      ['two dots', '%2e%2e'],
      ['an address', 'http:%2f%2f169.254.169.254%2flatest'],
      ['a query within', 'a%3Fusersig=x%26identifier=administrator'],
      ['a stream of another kind', '$$room-stands'],
    ])('given %s, then it is the name of a room that nobody knows, and nothing else', async (_, id) => {
      for (const path of ['', '/history', '/owners', '/operations']) {
        const { status, body } = await get(`/v1/rooms/${id}${path}`)
        expect([200, 404]).toContain(status)
        expect(body).not.toMatch(/root:|\[fonts\]|dependencies/)
      }
      expect((await get(`/v1/rooms/${id}`)).status).toBe(404)
    })

    it.each([
      ['a line break and a header', 'x%0d%0aSet-Cookie:%20evil=1'],
      ['a line feed', 'x%0aevil'],
      ['NUL', 'stands%00.html'],
      ['an escape sequence', '%1b%5b31mred'],
      ['an 8-bit escape', '%c2%9b31m'],
      ['49 bytes', 'x'.repeat(49)],
      ['49 bytes in 17 characters', '%e7%8e%8b'.repeat(16) + 'x'],
      ['no UTF-8', '%ff%fe'],
      ['a slash in too many bytes', '%c0%af%c0%ae'],
      ['half an escape', '%zz'],
    ])('given %s, then 400 as a problem, and nothing of it in a header', async (_, id) => {
      for (const method of ['GET', 'DELETE']) {
        const { status, head, body } = await sendRaw(
          world.url,
          `${method} /v1/rooms/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${credential()}\r\n\r\n`,
        )
        expect([status, JSON.parse(body).type]).toEqual([400, '/problems/invalid-request'])
        expect(head.toLowerCase()).not.toContain('evil')
        expect(head).toMatch(/content-type: application\/problem\+json/i)
      }
    })

    it('given one without end, then it is refused and not searched for', async () => {
      for (const length of [513, 8_000]) expect([400, 404, 414]).toContain((await get(`/v1/rooms/${'x'.repeat(length)}`)).status)
    })

    it('given paths that climb out of the pages, then there are no files behind them', async () => {
      for (const path of [
        '/docs/..%2f..%2fpackage.json',
        '/docs/../package.json',
        '/docs/%2e%2e/%2e%2e/package.json',
        '/docs//etc/passwd',
      ]) {
        const { status, body } = await get(path)
        expect([path, status]).toEqual([path, expect.toSatisfy((one: number) => one >= 400 && one < 500)])
        expect(body).not.toMatch(/root:|dependencies/)
      }
    })

    it('given a header of ours with a line break smuggled in, then it is no header', async () => {
      const { status, head } = await getRaw(world.url, '/v1/rooms/stands', {
        Authorization: credential(),
        'X-Request-Id': 'a%0d%0aevil: 1',
        'If-None-Match': '"%0d%0aevil: 1"',
      })
      expect(status).toBe(200)
      expect(head.toLowerCase()).not.toContain('evil')
    })
  })

  describe('keys that every object has by nature', () => {
    const poisonous = (key: string) => `"${key}":{"polluted":true,"prototype":{"polluted":true}}`

    it.each(natural)('given %s in the body of a command, at the top or within, then 400 names it', async (key) => {
      const bodies: readonly (readonly ['post' | 'patch' | 'put' | 'delete', string, string])[] = [
        ['post', '/v1/rooms', `{"roomId":"poisoned","seatTemplate":"Karaoke",${poisonous(key)}}`],
        ['post', '/v1/rooms', `{"roomId":"poisoned","seatTemplate":"Karaoke","category":[{${poisonous(key)}}]}`],
        ['patch', '/v1/rooms/stands', `{"roomName":"x",${poisonous(key)}}`],
        ['put', '/v1/rooms/stands/owner', `{"newOwner":"ben",${poisonous(key)}}`],
        ['delete', '/v1/rooms/stands', `{${poisonous(key)}}`],
        ['post', '/v1/rooms/stands/reconcile', `{${poisonous(key)}}`],
      ]
      for (const [method, path, body] of bodies) {
        const answer = await world.api(method, path).set('Content-Type', 'application/json').send(body)
        expect([method, path, answer.status, answer.body.type]).toEqual([method, path, 400, '/problems/invalid-request'])
      }
      expect(await steps.truth('poisoned')).toBeUndefined()
      expect(await isUnharmed()).toBe(true)
    })

    it.each(natural)('given %s all over a callback, then the room is as if it were not there', async (key) => {
      const RoomId = `callback ${key}`
      const body = `{"CallbackCommand":"Live.CallbackAfterCreateRoom","Operator_Account":"anna",${poisonous(key)},"EventTime":${at},
        "RoomInfo":{"RoomId":"${RoomId}","RoomName":"Name","RoomType":"Live","Owner_Account":"anna","CreateTime":${at / 1000},${poisonous(key)}}}`
      await world.callback(body, { command: 'Live.CallbackAfterCreateRoom' }).expect(200)
      const room = await steps.room(RoomId)
      expect(room).toMatchObject({ roomId: RoomId, owner: 'anna', status: 'active' })
      expect(JSON.stringify(room)).not.toContain('polluted')
      expect(await isUnharmed()).toBe(true)
    })

    it.each(natural)('given metadata under %s, then it is an entry like any other: set, read, told, and deleted', async (Key) => {
      const RoomId = `metadata ${Key}`
      const send = (command: string, more: object, EventTime: number) =>
        world.callback({ CallbackCommand: `Live.${command}`, Operator_Account: 'anna', RoomId, EventTime, ...more }).expect(200)
      const entries = async (): Promise<[string, unknown][]> => Object.entries((await steps.room(RoomId)).metadata)
      await send(
        'CallbackAfterSetMetadata',
        {
          Metadata: [
            { Key, Value: 'polluted' },
            { Key: 'plain', Value: 'b' },
          ],
        },
        at,
      )
      expect(await entries()).toEqual(
        expect.arrayContaining([
          [Key, 'polluted'],
          ['plain', 'b'],
        ]),
      )
      await send('CallbackAfterDelMetadata', { Keys: [Key] }, at + 1000)
      expect(await entries()).toEqual([['plain', 'b']])
      const changes = (await steps.history(RoomId)).flatMap((entry: { changes: { field: string }[] }) => entry.changes)
      expect(JSON.stringify(changes)).toContain(Key)
      expect(await isUnharmed()).toBe(true)
    })

    it.each(natural)(
      'given a room, an account, and an Idempotency-Key of the name %s, then they are names like any other',
      async (name) => {
        const made = await steps.create(name, { owner: name }).set('Prefer', 'wait=10').set('Idempotency-Key', name).expect(200)
        const again = await steps.create(name, { owner: name }).set('Idempotency-Key', name)
        expect(again.body.operationId).toBe(made.body.operationId)
        await steps.giveTo(name, 'ben').set('Prefer', 'wait=10').expect(200)
        expect(await steps.room(name)).toMatchObject({ roomId: name, owner: 'ben' })
        expect((await steps.owners(name)).items.map(({ to }: { to: string }) => to)).toEqual([name, 'ben'])
        expect((await world.api('get', `/v1/accounts/${name}/ownerships`).expect(200)).body.items).toHaveLength(1)
        expect((await world.api('get', `/v1/rooms?owner=ben&q=${name}`).expect(200)).body.items).toHaveLength(1)
      },
    )

    it.each(natural)('given %s in a query, then it is 400, or nobody reads it', async (key) => {
      for (const query of [`${key}=1`, `${key}[polluted]=1`, `${key}.polluted=1`])
        expect([query, (await world.api('get', `/v1/rooms?${query}`)).status]).toEqual([query, 400])
    })
  })
})
