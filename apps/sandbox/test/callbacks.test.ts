import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCallbackSender } from '../src/callbacks/sender.js'
import { createFaults } from '../src/control/faults.js'
import type { Sandbox } from '../src/index.js'
import { eventually, startReceiver, type Receiver } from './support/receiver.js'
import { startSandbox, type Vendor } from './support/vendor.js'

const ok = () => 200

describe('callbacks', () => {
  let sandbox: Sandbox
  let vendor: Vendor
  let receiver: Receiver
  let answer: () => number | Promise<number>
  beforeEach(async () => {
    answer = ok
    receiver = await startReceiver(() => answer())
    ;({ sandbox, vendor } = await startSandbox({ callbackUrl: `${receiver.url}/callbacks/live`, callbackTimeoutMs: 300 }))
  })
  afterEach(() => Promise.all([sandbox.close(), receiver.close()]))

  const nth = (count: number) => eventually(() => receiver.received.length >= count && receiver.received[count - 1])
  const bodies = async () => {
    await sandbox.idle()
    return receiver.received.map((one) => one.body)
  }

  it('tells of a created room, with everything the vendor documents', async () => {
    const before = Date.now()
    await vendor.create('r', { Owner_Account: 'alice', RoomName: 'Evening', Category: [1, 2], CoverURL: 'https://x/y.png' })
    const { path, query, headers, body } = await nth(1)
    expect(path).toBe('/callbacks/live')
    expect(query).toEqual({
      SdkAppid: '1400000000',
      CallbackCommand: 'Live.CallbackAfterCreateRoom',
      contenttype: 'json',
      ClientIP: '127.0.0.1',
      OptPlatform: 'RESTAPI',
    })
    expect(headers['content-type']).toBe('application/json')
    const { EventTime, RoomInfo, ...rest } = body as { EventTime: number; RoomInfo: { CreateTime: number } }
    expect(rest).toEqual({ CallbackCommand: 'Live.CallbackAfterCreateRoom', Operator_Account: 'administrator' })
    expect(EventTime).toBeGreaterThanOrEqual(before)
    expect(RoomInfo).toEqual({
      RoomId: 'r',
      RoomName: 'Evening',
      RoomType: 'Live',
      Owner_Account: 'alice',
      MaxMemberCount: 300,
      IsMessageDisabled: false,
      CustomInfo: '',
      IsSeatEnabled: true,
      TakeSeatMode: 'FreeToTake',
      MaxSeatCount: 9,
      CreateTime: Math.floor(EventTime / 1000),
      IsPublicVisible: true,
      CoverURL: 'https://x/y.png',
      Category: [1, 2],
    })
  })

  it('tells of an update with a snapshot that never holds the notice, and of no update that changes nothing', async () => {
    await vendor.create('r', { RoomName: 'Before' })
    const update = (info: Record<string, unknown>) => vendor.code('update_room_info', { RoomInfo: { RoomId: 'r', ...info } })
    expect(await update({ RoomName: 'Before', Category: [] })).toBe(0)
    await update({ RoomName: 'After', Notice: 'Welcome' })
    await update({ Notice: 'Bye' })
    const [, first, second, ...more] = await bodies()
    expect(first).toMatchObject({ CallbackCommand: 'Live.CallbackAfterUpdateRoomInfo', Operator_Account: 'administrator' })
    expect(first?.['RoomInfo']).toEqual({
      RoomId: 'r',
      RoomName: 'After',
      MaxMemberCount: 300,
      IsMessageDisabled: false,
      CoverURL: '',
      Category: [],
      ActivityStatus: 0,
      IsPublicVisible: true,
      TakeSeatMode: 'FreeToTake',
      CustomInfo: '',
    })
    expect(second?.['RoomInfo']).toEqual(first?.['RoomInfo'])
    expect(more).toEqual([])
  })

  it('tells of a new owner without saying from where, and of none if it is the old one', async () => {
    await vendor.create('r', { Owner_Account: 'alice' })
    await vendor.code('change_room_owner', { RoomId: 'r', NewOwner_Account: 'alice' })
    await vendor.code('change_room_owner', { RoomId: 'r', NewOwner_Account: 'bob' })
    const { query, body } = await nth(2)
    expect(query).toEqual({ SdkAppid: '1400000000', CallbackCommand: 'Live.CallbackAfterChangeOwner', contenttype: 'json' })
    expect(body).toEqual({
      CallbackCommand: 'Live.CallbackAfterChangeOwner',
      RoomId: 'r',
      EventTime: expect.any(Number),
      Operator_Account: 'administrator',
      CurrentOwner_Account: 'bob',
      OriginalOwner_Account: 'alice',
    })
  })

  it('tells of a destroyed room, its last look and its totals', async () => {
    await vendor.create('r', { Owner_Account: 'alice', CustomInfo: 'c' })
    await vendor.code('destroy_room', { RoomId: 'r' })
    const { query, body } = await nth(2)
    expect(query).toMatchObject({ ClientIP: '127.0.0.1', OptPlatform: 'RESTAPI' })
    expect(body).toEqual({
      CallbackCommand: 'Live.CallbackAfterDestroyRoom',
      Operator_Account: 'administrator',
      RoomId: 'r',
      EventType: 'DestroyByUser',
      EventTime: expect.any(Number),
      RoomInfo: {
        RoomName: 'r',
        RoomType: 'Live',
        Owner_Account: 'alice',
        IsSeatEnabled: true,
        TakeSeatMode: 'FreeToTake',
        MaxMemberCount: 300,
        MaxSeatCount: 9,
        Category: [],
        CustomInfo: 'c',
        IsMessageDisabled: false,
        CoverURL: '',
        ActivityStatus: 0,
        IsPublicVisible: true,
        ViewCount: 0,
        BackgroundURL: '',
        IsUnlimitedRoomEnabled: false,
      },
      Statistic: { TotalViewers: 0, TotalGiftsSent: 0, TotalGiftCoins: 0, TotalUniqueGiftSenders: 0, TotalLikesReceived: 0 },
    })
  })

  it('tells of metadata and admins, each time of what changed', async () => {
    await vendor.create('r')
    const set = () => vendor.code('set_room_metadata', { RoomId: 'r', Metadata: [{ Key: 'k', Value: 'v' }] })
    await set()
    await set()
    await vendor.code('del_room_metadata', { RoomId: 'r', Keys: ['k', 'other'] })
    await vendor.code('modify_admin', { RoomId: 'r', OpType: 'add', Admin_Account: ['a', 'b'] })
    await vendor.code('modify_admin', { RoomId: 'r', OpType: 'delete', Admin_Account: ['b', 'zz'] })
    const common = { Operator_Account: 'administrator', RoomId: 'r', EventTime: expect.any(Number) }
    expect((await bodies()).slice(1)).toEqual([
      { ...common, CallbackCommand: 'Live.CallbackAfterSetMetadata', Metadata: [{ Key: 'k', Value: 'v' }] },
      { ...common, CallbackCommand: 'Live.CallbackAfterDelMetadata', Keys: ['k'] },
      { ...common, CallbackCommand: 'Live.CallbackAfterModifyAdmin', Admin_Account: ['a', 'b'], opType: 'add' },
      { ...common, CallbackCommand: 'Live.CallbackAfterModifyAdmin', Admin_Account: ['b'], opType: 'delete' },
    ])
    expect(receiver.received.at(-1)?.query).not.toHaveProperty('OptPlatform')
  })

  it('signs with the token while one is set', async () => {
    sandbox.setCallback(receiver.url, 'xxxxyyyy')
    await vendor.create('r')
    const { query } = await nth(1)
    expect(Math.abs(Number(query['RequestTime']) - Date.now() / 1000)).toBeLessThan(10)
    expect(query['Sign']).toBe(createHash('sha256').update(`xxxxyyyy${query['RequestTime']}`).digest('hex'))
  })

  it('puts its parameters behind those that the address has already', async () => {
    sandbox.setCallback(`${receiver.url}/hooks/a%20b?tenant=7#top`)
    await vendor.create('r')
    const { path, query } = await nth(1)
    expect(path).toBe('/hooks/a%20b')
    expect(Object.keys(query).slice(0, 2)).toEqual(['tenant', 'SdkAppid'])
    expect(query['tenant']).toBe('7')
  })

  it('sends the callbacks of a room in order, one after the other, over kept connections', async () => {
    let open = 0
    let mostOpen = 0
    answer = async () => {
      mostOpen = Math.max(mostOpen, (open += 1))
      await new Promise((resolve) => setTimeout(resolve, 5))
      open -= 1
      return 200
    }
    await vendor.create('r')
    const statuses = Array.from({ length: 30 }, (_, index) => index + 1)
    for (const ActivityStatus of statuses) await vendor.code('update_room_info', { RoomInfo: { RoomId: 'r', ActivityStatus } })
    const told = (await bodies()).slice(1).map((body) => (body['RoomInfo'] as Record<string, unknown>)['ActivityStatus'])
    expect(told).toEqual(statuses)
    expect(mostOpen).toBe(1)
    expect(new Set(receiver.received.map((one) => one.connection)).size).toBeLessThan(5)
  })

  it('never repeats an EventTime in a room, also when its clock stands still', async () => {
    const at = Date.now()
    const { sandbox: other, vendor: hasty } = await startSandbox({ callbackUrl: receiver.url, now: () => at })
    await hasty.create('r')
    await hasty.code('change_room_owner', { RoomId: 'r', NewOwner_Account: 'bob' })
    await hasty.code('destroy_room', { RoomId: 'r' })
    await hasty.create('r')
    await other.idle()
    expect(receiver.received.map((one) => one.body['EventTime'])).toEqual([at, at + 1, at + 2, at + 3])
    await other.close()
  })

  it('does not let one room wait for another', async () => {
    answer = () => new Promise((resolve) => setTimeout(() => resolve(200), 200))
    const started = Date.now()
    await Promise.all(Array.from({ length: 20 }, (_, index) => vendor.create(`room-${index}`)))
    await sandbox.idle()
    expect(receiver.received).toHaveLength(20)
    expect(Date.now() - started).toBeLessThan(20 * 200)
  })

  it('does not make the caller wait for the receiver', async () => {
    const { promise, resolve } = Promise.withResolvers<number>()
    answer = () => promise
    expect((await vendor.create('r')).ErrorCode).toBe(0)
    await nth(1)
    expect(sandbox.deliveries()).toMatchObject([{ status: 'pending' }])
    resolve(200)
    await sandbox.idle()
    expect(sandbox.deliveries()).toMatchObject([{ status: 'delivered', attempts: 1, httpStatus: 200 }])
  })

  it('holds a callback back until the caller has his answer', async () => {
    const target = { url: receiver.url, commands: ['x'], tokenEnabled: false }
    const sender = createCallbackSender({ target, faults: createFaults(), sdkAppId: 1, now: Date.now, timeoutMs: 300 })
    const { promise, resolve } = Promise.withResolvers<void>()
    sender.send({ CallbackCommand: 'x', EventTime: 1 }, 'r', {
      account: 'a',
      platform: 'RESTAPI',
      clientIp: '127.0.0.1',
      answered: promise,
    })
    await new Promise((wake) => setTimeout(wake, 100))
    expect(receiver.received).toHaveLength(0)
    resolve()
    await sender.idle()
    expect(receiver.received).toHaveLength(1)
    await sender.close()
  })

  it.each([
    ['refuses', () => 503, { httpStatus: 503 }],
    ['is silent', () => new Promise<number>(() => undefined), {}],
  ])('gives up after one attempt when the receiver %s, and goes on with the next', async (_what, broken, seen) => {
    answer = broken
    await vendor.create('r')
    await sandbox.idle()
    answer = () => 200
    await vendor.code('destroy_room', { RoomId: 'r' })
    await sandbox.idle()
    expect(receiver.commands()).toEqual(['Live.CallbackAfterCreateRoom', 'Live.CallbackAfterDestroyRoom'])
    expect(sandbox.deliveries()).toMatchObject([{ status: 'failed', attempts: 1, ...seen }, { status: 'delivered' }])
  })

  it('tries again when retry is set, with the same body', async () => {
    await vendor.control('PUT', 'faults', { retry: 2 })
    const answers = [503, 500, 200]
    answer = () => answers.shift() ?? 200
    await vendor.create('r')
    await sandbox.idle()
    expect(sandbox.deliveries()).toMatchObject([{ status: 'delivered', attempts: 3 }])
    expect(new Set(receiver.received.map((one) => JSON.stringify(one.body))).size).toBe(1)
  })
})
