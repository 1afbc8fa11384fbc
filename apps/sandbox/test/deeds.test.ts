import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Sandbox } from '../src/index.js'
import { eventually, startReceiver, type Receiver } from './support/receiver.js'
import { startSandbox, type Vendor } from './support/vendor.js'

describe('what clients do', () => {
  let sandbox: Sandbox
  let vendor: Vendor
  let receiver: Receiver
  beforeEach(async () => {
    receiver = await startReceiver()
    ;({ sandbox, vendor } = await startSandbox({ callbackUrl: receiver.url }))
    await vendor.create('r', { Owner_Account: 'alice' })
  })
  afterEach(() => Promise.all([sandbox.close(), receiver.close()]))

  const room = async () => (await vendor.rooms()).find((one) => one['roomId'] === 'r')
  const last = async () => {
    await sandbox.idle()
    return receiver.received.at(-1)
  }

  const timers = async (body: unknown) => expect((await vendor.control('PUT', 'timers', body)).status).toBe(200)
  const gone = () => eventually(async () => (await room())?.['status'] === 'destroyed')
  const stays = async (ms = 150) => {
    await new Promise((resolve) => setTimeout(resolve, ms))
    return (await room())?.['status'] === 'active'
  }

  it('carries the account as operator and its platform', async () => {
    expect((await vendor.act('r', 'alice', 'rename', { roomName: 'New', clientIp: '10.1.2.3' })).status).toBe(200)
    expect(await last()).toMatchObject({
      query: { CallbackCommand: 'Live.CallbackAfterUpdateRoomInfo', OptPlatform: 'Android', ClientIP: '10.1.2.3' },
      body: { Operator_Account: 'alice', RoomInfo: { RoomName: 'New' } },
    })
    await vendor.act('r', 'alice', 'update', { coverUrl: 'https://x', platform: 'iOS' })
    expect(await last()).toMatchObject({ query: { OptPlatform: 'iOS' }, body: { RoomInfo: { CoverURL: 'https://x' } } })
  })

  it('creates, hands over and dissolves', async () => {
    await vendor.act('own', 'bob', 'create', { roomName: 'Mine' })
    expect(await last()).toMatchObject({
      body: { Operator_Account: 'bob', RoomInfo: { RoomId: 'own', RoomName: 'Mine', Owner_Account: 'bob' } },
    })
    await vendor.act('own', 'bob', 'transferOwner', { newOwner: 'carol' })
    expect(await last()).toMatchObject({ body: { Operator_Account: 'bob', OriginalOwner_Account: 'bob', CurrentOwner_Account: 'carol' } })
    expect((await vendor.act('own', 'bob', 'dissolve')).body).toMatchObject({ ok: false, errorCode: 100006 })
    expect((await vendor.act('own', 'carol', 'dissolve')).status).toBe(200)
    expect(await last()).toMatchObject({ body: { Operator_Account: 'carol', EventType: 'DestroyByUser', RoomId: 'own' } })
  })

  it('comes and goes, is lost and found again', async () => {
    await vendor.act('r', 'bob', 'enter')
    for (const deed of ['loseHeartbeat', 'loseHeartbeat', 'resumeHeartbeat', 'leave']) await vendor.act('r', 'bob', deed)
    await sandbox.idle()
    expect(receiver.received.slice(1).map(({ body }) => body)).toEqual(
      [
        ['Online', 'Enter'],
        ['Offline', 'HeartbeatInterrupt'],
        ['Online', 'HeartbeatRecover'],
        ['Offline', 'Leave'],
      ].map(([EventType, EventCause]) => ({
        CallbackCommand: 'Live.CallbackAfterMemberStateChanged',
        RoomId: 'r',
        EventType,
        EventCause,
        MemberList: [{ Member_Account: 'bob' }],
        EventTime: expect.any(Number),
      })),
    )
    expect(await room()).toMatchObject({ members: [], viewCount: 1 })
    expect((await vendor.act('r', 'bob', 'leave')).body).toMatchObject({ errorCode: 100005 })
  })

  it('finds a full room full', async () => {
    await vendor.code('update_room_info', { RoomInfo: { RoomId: 'r', MaxMemberCount: 1 } })
    await vendor.act('r', 'bob', 'enter')
    expect((await vendor.act('r', 'carol', 'enter')).body).toMatchObject({ errorCode: 100008 })
  })

  it.each<[string, Record<string, unknown>, number]>([
    ['an unknown deed', { roomId: 'r', account: 'bob', deed: 'dance' }, 400],
    ['no account', { roomId: 'r', deed: 'enter' }, 400],
    ['no new name', { roomId: 'r', account: 'alice', deed: 'rename' }, 400],
    ['no such room', { roomId: 'x', account: 'bob', deed: 'enter' }, 409],
    ['no new owner', { roomId: 'r', account: 'alice', deed: 'transferOwner' }, 409],
  ])('refuses %s', async (_what, body, status) => {
    expect((await vendor.control('POST', 'act', body)).status).toBe(status)
  })

  describe('and what the platform does by itself', () => {
    it('has the defaults of the vendor', async () => {
      const defaults = { afterNoUsersMs: 1_800_000, afterOwnerLeaveMs: null, afterOwnerOfflineMs: null }
      expect((await vendor.control('GET', 'timers')).body).toEqual(defaults)
      await timers({ afterOwnerLeaveMs: 5 })
      await timers({})
      expect((await vendor.control('GET', 'timers')).body).toEqual(defaults)
      expect((await vendor.control('PUT', 'timers', { rule1: 5 })).status).toBe(400)
      expect((await vendor.control('PUT', 'timers', { afterNoUsersMs: -1 })).status).toBe(400)
    })

    it('ends a room that has become empty, as @TIM#SYSTEM', async () => {
      await timers({ afterNoUsersMs: 30 })
      expect(await stays()).toBe(true)
      await vendor.act('r', 'bob', 'enter')
      expect(await stays()).toBe(true)
      await vendor.act('r', 'bob', 'leave')
      expect(await gone()).toBe(true)
      expect(await last()).toMatchObject({
        query: { OptPlatform: 'Unknown' },
        body: {
          CallbackCommand: 'Live.CallbackAfterDestroyRoom',
          Operator_Account: '@TIM#SYSTEM',
          EventType: 'DestroyBySystem',
          Statistic: { TotalViewers: 1 },
        },
      })
    })

    it('spares an empty room that has bots, until they are gone', async () => {
      await timers({ afterNoUsersMs: 30 })
      await vendor.act('r', 'robo', 'addBot')
      await vendor.act('r', 'bob', 'enter')
      await vendor.act('r', 'bob', 'leave')
      expect(await stays()).toBe(true)
      await vendor.act('r', 'alice', 'removeBot', { bot: 'robo' })
      expect(await gone()).toBe(true)
    })

    it('ends a room whose owner left, if that rule is on', async () => {
      await vendor.act('r', 'alice', 'enter')
      await vendor.act('r', 'bob', 'enter')
      await vendor.act('r', 'alice', 'leave')
      expect(await stays()).toBe(true)
      await timers({ afterOwnerLeaveMs: 30 })
      expect(await gone()).toBe(true)
    })

    it('ends a room whose owner was lost, if that rule is on and he does not come back', async () => {
      await timers({ afterOwnerOfflineMs: 400 })
      await vendor.act('r', 'alice', 'enter')
      await vendor.act('r', 'bob', 'enter')
      await vendor.act('r', 'alice', 'loseHeartbeat')
      await vendor.act('r', 'alice', 'resumeHeartbeat')
      expect(await stays(600)).toBe(true)
      await vendor.act('r', 'alice', 'loseHeartbeat')
      expect(await gone()).toBe(true)
    })

    it('spares a room whose owner is a bot, and one that has a new owner', async () => {
      await timers({ afterOwnerLeaveMs: 50, afterOwnerOfflineMs: 50 })
      await vendor.act('r', 'bob', 'enter')
      await vendor.act('r', 'alice', 'enter')
      await vendor.act('r', 'alice', 'addBot')
      await vendor.act('r', 'alice', 'leave')
      expect(await stays()).toBe(true)
      await vendor.code('change_room_owner', { RoomId: 'r', NewOwner_Account: 'bob' })
      await vendor.act('r', 'alice', 'removeBot')
      expect(await stays()).toBe(true)
    })
  })

  it('is forgotten on demand', async () => {
    expect((await vendor.control('DELETE', 'rooms')).status).toBe(204)
    expect(await vendor.rooms()).toEqual([])
    expect((await vendor.create('r')).ErrorCode).toBe(0)
  })
})
