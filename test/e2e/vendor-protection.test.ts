import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { stepsIn } from '../support/steps.js'
import { createWorld, eventually, type World } from '../support/world.js'

const samples = async (world: World): Promise<string[]> => (await world.anonymous.get('/metrics').expect(200)).text.split('\n')
const vendorHealth = async (world: World) => (await world.anonymous.get('/health/ready').expect(200)).body.details.vendor
const operationsOf = async (world: World, roomId: string) => (await world.api('get', `/v1/rooms/${roomId}/operations`)).body.items

describe('more commands than the vendor may be called for', () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  beforeAll(async () => {
    // The vendor is hardly less strict: what gets past our limit would show as throttled.
    world = await createWorld({ LIVE_RATE_LIMIT: '5', RECONCILE_RATE: '0' }, { rateLimit: 8 })
    steps = stepsIn(world)
  })
  afterAll(() => world.close())

  it('given thirty at once, then so many as can be in time are made, the others are refused with nothing written, and the vendor never throttles', async () => {
    const rooms = Array.from({ length: 30 }, (_, n) => `crowd-${n}`)
    const answers = await Promise.all(rooms.map((roomId) => steps.create(roomId).set('Idempotency-Key', `key-${roomId}`)))
    const made = answers.filter(({ status }) => status === 200 || status === 202)
    expect(made.length).toBeGreaterThanOrEqual(9)
    expect(made.length).toBeLessThanOrEqual(20)
    for (const [n, answer] of answers.entries()) {
      if (made.includes(answer)) continue
      expect(answer.status).toBe(429)
      expect(answer.body).toMatchObject({ type: '/problems/too-many-requests', status: 429 })
      expect(answer.body.operationId).toBeUndefined()
      expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1)
      expect((await operationsOf(world, rooms[n]!)) ?? []).toEqual([])
    }
    const metrics = await samples(world)
    expect(metrics.some((line) => /vendor_calls_total\{.*outcome="throttled"/.test(line))).toBe(false)
    expect(metrics).toContain(`room_ledger_vendor_calls_total{api="create_room",outcome="ok"} ${made.length}`)
    expect(metrics).toContain(`room_ledger_vendor_calls_held_total{api="create_room",cause="busy"} ${30 - made.length}`)
    expect(metrics).toContain('room_ledger_vendor_queue{api="create_room"} 0')
  })

  it('given one that was refused so, when it comes again under its key, even with another body, then it is done: the key was not used up', async () => {
    const crowd = await Promise.all(Array.from({ length: 30 }, (_, n) => steps.create(`late-${n}`).set('Idempotency-Key', `late-${n}`)))
    const refused = crowd.findIndex(({ status }) => status === 429)
    await new Promise((resolve) => setTimeout(resolve, Number(crowd[refused]!.headers['retry-after']) * 1000))
    const again = await steps
      .create(`late-${refused}`, { roomName: 'Thought better of' })
      .set('Idempotency-Key', `late-${refused}`)
      .set('Prefer', 'wait=10')
    expect(again.status).toBe(200)
    expect(await steps.room(`late-${refused}`)).toMatchObject({ info: { roomName: 'Thought better of' } })
  })

  it('given a repetition of what is known, when the queue is full, then it is answered all the same', async () => {
    const send = () => steps.create('known').set('Idempotency-Key', 'known').set('Prefer', 'wait=10')
    const first = await eventually(send, ({ status }) => status === 200)
    const [again] = await Promise.all([
      new Promise((resolve) => setTimeout(resolve, 100)).then(send),
      ...Array.from({ length: 30 }, (_, n) => steps.create(`more-${n}`)),
    ])
    expect([again.status, again.body.operationId]).toEqual([200, first.body.operationId])
  })
})

describe('a vendor that is away', () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  beforeAll(async () => {
    world = await createWorld({ LIVE_TIMEOUT_MS: '500', CONFIRMATION_TIMEOUT_MS: '300', RECONCILE_RATE: '0' })
    steps = stepsIn(world)
  })
  afterEach(() => steps.faults())
  afterAll(() => world.close())

  it.each([
    ['502s', { http502: 1 }],
    ['silence', { timeout: 1 }],
  ])(
    'given %s, then commands are open at first and soon refused with 503, nothing written; and all is well once it is back',
    async (name, fault) => {
      const roomId = `left-alone-${name}`
      await steps.create(roomId).set('Prefer', 'wait=10').expect(200)
      await steps.faults(fault)
      const open: string[] = []
      let keyed = 0
      const away = await eventually(
        async () => {
          keyed += 1
          const answer = await steps.giveTo(roomId, `owner-${keyed}`).set('Idempotency-Key', `${name}-${keyed}`)
          if (answer.status === 202) open.push(answer.body.operationId as string)
          return answer
        },
        ({ status }) => status !== 202,
      )
      expect(away.status).toBe(503)
      expect(away.body).toMatchObject({ type: '/problems/vendor-away', status: 503 })
      expect(Number(away.headers['retry-after'])).toBeGreaterThanOrEqual(1)
      expect(away.body.operationId).toBeUndefined()
      expect(open.length).toBeGreaterThanOrEqual(1)
      expect(await operationsOf(world, roomId)).toHaveLength(open.length + 1)

      // What is known is told: a repetition, reads, that the service itself is well.
      const repeated = await steps.giveTo(roomId, 'owner-1').set('Idempotency-Key', `${name}-1`)
      expect([repeated.status, repeated.body.operationId]).toEqual([202, open[0]])
      expect(await steps.room(roomId)).toMatchObject({ owner: 'anna' })
      const looked = await steps.reconcile(roomId)
      expect(looked.status).toBeGreaterThanOrEqual(502)
      expect(await vendorHealth(world)).toMatchObject({ reachable: false, breaker: expect.stringMatching(/open|probing/) })
      expect((await samples(world)).filter((line) => line.startsWith('room_ledger_vendor_breaker{') && line.endsWith(' 1'))).toHaveLength(1)

      await steps.faults()
      const last = await eventually(
        () => steps.giveTo(roomId, 'ben').set('Idempotency-Key', `${name}-${keyed}-again`),
        ({ status }) => status !== 503,
      )
      expect(await steps.ended(last.body.operationId)).toMatchObject({ status: 'confirmed' })
      for (const operationId of open)
        expect(await steps.ended(operationId)).toMatchObject({ status: 'rejected', cause: 'not-as-requested' })
      expect(await steps.room(roomId)).toMatchObject({ owner: 'ben', pendingOperations: [] })
      expect(await samples(world)).toContain('room_ledger_vendor_breaker{state="closed"} 1')
    },
    60_000,
  )
})

describe("faults of the vendor application's configuration", () => {
  let world: World
  let steps: ReturnType<typeof stepsIn>
  beforeAll(async () => {
    world = await createWorld({ RECONCILE_RATE: '0' })
    steps = stepsIn(world)
  })
  afterAll(() => world.close())

  it('given one, then 502 with its code, sent once; readiness names it until it is mended, and never in the words of the vendor', async () => {
    await steps.faults({ failWith: 60010 })
    const answer = await steps.create('misconfigured')
    expect([answer.status, answer.body.type, answer.body.vendor.errorCode]).toEqual([502, '/problems/vendor-configuration', 60010])
    expect(await samples(world)).toContain('room_ledger_vendor_calls_total{api="create_room",outcome="configuration"} 1')
    const health = await vendorHealth(world)
    expect(health).toMatchObject({ reachable: false, breaker: 'closed', configurationFault: { errorCode: 60010, at: expect.any(String) } })
    expect(JSON.stringify(health)).not.toContain('sandbox')

    await steps.faults()
    await steps.create('misconfigured').set('Prefer', 'wait=10').expect(200)
    await eventually(
      () => vendorHealth(world),
      ({ reachable, configurationFault }) => reachable && configurationFault === undefined,
    )
  })
})
