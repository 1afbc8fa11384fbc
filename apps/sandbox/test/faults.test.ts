import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Sandbox } from '../src/index.js'
import { startReceiver, type Receiver } from './support/receiver.js'
import { startSandbox, type Vendor } from './support/vendor.js'

describe('faults', () => {
  let sandbox: Sandbox
  let vendor: Vendor
  let receiver: Receiver
  beforeEach(async () => {
    receiver = await startReceiver()
    ;({ sandbox, vendor } = await startSandbox({ callbackUrl: receiver.url, hangMs: 150, rateLimit: 10_000 }))
  })
  afterEach(() => Promise.all([sandbox.close(), receiver.close()]))

  const faults = async (body: unknown) => expect((await vendor.control('PUT', 'faults', body)).status).toBe(200)
  const updates = async (count: number, roomId = 'r') => {
    for (let status = 1; status <= count; status += 1)
      await vendor.code('update_room_info', { RoomInfo: { RoomId: roomId, ActivityStatus: status } })
    await sandbox.idle()
  }
  const statuses = () =>
    receiver.received.map((one) => (one.body['RoomInfo'] as { ActivityStatus?: number }).ActivityStatus).filter((one) => one !== undefined)

  const run = async (seed: number, neighbours: number) => {
    await vendor.control('DELETE', 'rooms')
    receiver.received.length = 0
    await faults({ seed, drop: 0.5 })
    await Promise.all(['r', ...Array.from({ length: neighbours }, (_, index) => `n${index}`)].map((roomId) => vendor.create(roomId)))
    await Promise.all([updates(30), ...Array.from({ length: neighbours }, (_, index) => updates(5, `n${index}`))])
    return receiver.received
      .map((one) => one.body['RoomInfo'] as { RoomId: string; ActivityStatus?: number })
      .filter((info) => info.RoomId === 'r')
      .map((info) => info.ActivityStatus ?? 0)
  }

  it('are off at first, shown, replaced as a whole, and taken away', async () => {
    const off = {
      seed: 1,
      callbacks: { drop: 0, duplicate: 0, delayMs: 0, shuffle: 0, retry: 0 },
      rest: { failWith: null, timeout: 0, acceptThenTimeout: 0, http502: 0, commands: null },
    }
    expect((await vendor.control('GET', 'faults')).body).toEqual(off)
    await faults({ seed: 7, callbacks: { drop: 0.5 }, rest: { failWith: 60007 } })
    await faults({ duplicate: 1, failWith: { code: 100001, probability: 0.25 } })
    expect((await vendor.control('GET', 'faults')).body).toEqual({
      ...off,
      callbacks: { ...off.callbacks, duplicate: 1 },
      rest: { ...off.rest, failWith: { code: 100001, probability: 0.25 } },
    })
    await faults({})
    expect((await vendor.control('GET', 'faults')).body).toEqual(off)
  })

  it('may be said by yes and no, and by the singular of their group', async () => {
    await faults({ callback: { drop: true, duplicate: false }, rest: { http502: true } })
    const { callbacks, rest } = (await vendor.control('GET', 'faults')).body as Record<string, object>
    expect(callbacks).toMatchObject({ drop: 1, duplicate: 0 })
    expect(rest).toMatchObject({ http502: 1, timeout: 0 })
  })

  it.each<[string, unknown, string]>([
    ['an unknown name', { dorp: 1 }, 'dorp'],
    ['an unknown name in a group', { callbacks: { timeout: 1 } }, 'callbacks.timeout'],
    ['a probability above 1', { drop: 2 }, 'drop'],
    ['a delay that is no number', { delayMs: 'long' }, 'delayMs'],
    ['a code that is none', { failWith: 'x' }, 'failWith'],
    ['a seed that is none', { seed: 1.5 }, 'seed'],
    ['a name that objects have anyway', { constructor: 1 }, 'constructor'],
    ['a list', [], 'body'],
  ])('refuse %s and stay as they were', async (_what, body, name) => {
    const answer = await vendor.control('PUT', 'faults', body)
    expect(answer.status).toBe(400)
    expect(Object.keys(answer.body['errors'] as object)).toEqual([name])
    expect((await vendor.control('GET', 'faults')).body).toMatchObject({ callbacks: { drop: 0 } })
  })

  it('lose callbacks', async () => {
    await vendor.create('r')
    await sandbox.idle()
    await faults({ drop: 1 })
    await updates(3)
    expect(receiver.received).toHaveLength(1)
    expect(sandbox.deliveries().slice(1)).toMatchObject([{ status: 'dropped' }, { status: 'dropped' }, { status: 'dropped' }])
  })

  it('double callbacks, byte for byte', async () => {
    await faults({ duplicate: 1 })
    await vendor.create('r')
    await sandbox.idle()
    expect(receiver.received).toHaveLength(2)
    expect(receiver.received[0]?.body).toEqual(receiver.received[1]?.body)
  })

  it('delay callbacks without changing their order', async () => {
    await faults({ delayMs: 300 })
    await vendor.create('r')
    const started = Date.now()
    await updates(3)
    expect(Date.now() - started).toBeGreaterThanOrEqual(290)
    expect(statuses()).toEqual([1, 2, 3])
  })

  it('shuffle callbacks and lose none', async () => {
    await vendor.create('r')
    await faults({ shuffle: 1 })
    await updates(5)
    expect(statuses()).not.toEqual([1, 2, 3, 4, 5])
    expect(statuses().toSorted()).toEqual([1, 2, 3, 4, 5])
  })

  it('strike the same again for the same seed, others for another, whatever happens in other rooms', async () => {
    const first = await run(7, 0)
    expect(first.length).toBeGreaterThan(5)
    expect(first.length).toBeLessThan(26)
    expect(await run(7, 3)).toEqual(first)
    expect(await run(8, 0)).not.toEqual(first)
  })

  it('refuse calls with a code, and do nothing', async () => {
    await faults({ rest: { failWith: 100001 } })
    expect((await vendor.create('r')).ErrorCode).toBe(100001)
    expect(await vendor.rooms()).toEqual([])
  })

  it('answer 502 like a gateway, and do nothing', async () => {
    await faults({ http502: 1 })
    const response = await vendor.raw('create_room', { RoomInfo: { RoomId: 'r', RoomType: 'Live', SeatTemplate: 'Karaoke' } })
    expect(response.status).toBe(502)
    expect(await response.text()).toContain('<html>')
    expect(await vendor.rooms()).toEqual([])
  })

  it('leave calls without an answer, and do nothing', async () => {
    await faults({ timeout: 1 })
    await expect(vendor.create('r')).rejects.toThrow()
    expect(await vendor.rooms()).toEqual([])
  })

  it('do what is asked and leave it without an answer, reads excepted', async () => {
    await faults({ acceptThenTimeout: 1 })
    await expect(vendor.create('r')).rejects.toThrow()
    await sandbox.idle()
    expect(receiver.commands()).toEqual(['Live.CallbackAfterCreateRoom'])
    expect(await vendor.info('r')).toMatchObject({ RoomId: 'r' })
  })

  it('can be kept to some commands', async () => {
    await vendor.create('r')
    await faults({ failWith: 100001, rest: { commands: ['destroy_room'] } })
    expect(await vendor.code('destroy_room', { RoomId: 'r' })).toBe(100001)
    expect(await vendor.info('r')).toMatchObject({ RoomId: 'r' })
  })

  it('strike about as often as they should', async () => {
    await vendor.create('r')
    await faults({ failWith: { code: 100001, probability: 0.3 } })
    const codes = await Promise.all(Array.from({ length: 400 }, () => vendor.code('get_room_info', { RoomId: 'r' })))
    const struck = codes.filter((code) => code === 100001).length
    expect(struck).toBeGreaterThan(80)
    expect(struck).toBeLessThan(160)
  })

  it('do not hold up the end of the sandbox', async () => {
    const { sandbox: other, vendor: caller } = await startSandbox({ hangMs: 60_000 })
    await caller.control('PUT', 'faults', { timeout: 1 })
    const call = caller.create('r').catch(() => 'cut')
    await caller.control('GET', 'faults')
    await other.close()
    expect(await call).toBe('cut')
  })
})
