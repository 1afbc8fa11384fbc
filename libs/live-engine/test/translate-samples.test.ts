import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { factOf, translate } from './support/callback.js'
import * as samples from './support/samples.js'

describe('the documented samples become facts', () => {
  it('room created', () => {
    expect(factOf(samples.created)).toMatchObject({
      kind: 'fact',
      roomId: 'tandy-test-rest',
      occurredAt: '2023-12-26T11:25:22.780Z',
      timeSource: 'eventTime',
      actor: { kind: 'account', id: 'admin' },
      fact: {
        type: 'RoomCreated',
        data: {
          roomId: 'tandy-test-rest',
          owner: 'user3',
          info: {
            roomName: 'tandy-test-rest',
            maxMemberCount: 300,
            isMessageDisabled: true,
            coverUrl: 'cover url',
            category: [1, 2],
            isPublicVisible: true,
            takeSeatMode: 'ApplyToTake',
            roomType: 'Live',
            isSeatEnabled: true,
            maxSeatCount: 16,
            customInfo: 'custom123',
          },
        },
      },
    })
  })

  it('room updated: the fields as sent, and no others', () => {
    expect(factOf(samples.updated).fact).toEqual({
      type: 'RoomUpdated',
      data: {
        roomId: 'live-room',
        info: {
          roomName: 'rname-123',
          maxMemberCount: 300,
          isMessageDisabled: false,
          coverUrl: 'https://xxxx.png',
          category: [1, 2, 3],
          activityStatus: 1,
          isPublicVisible: false,
          takeSeatMode: 'ApplyToTake',
          customInfo: 'custom123',
        },
      },
    })
  })

  it('owner changed', () => {
    expect(factOf(samples.ownerChanged).fact).toEqual({ type: 'OwnerChanged', data: { roomId: 'room_id', from: 'user1', to: 'user2' } })
  })

  it('room destroyed, with every digit of a bare number as owner', () => {
    expect(factOf(samples.destroyed).fact).toEqual({
      type: 'RoomDestroyed',
      data: {
        roomId: 'tandy-test-rest',
        cause: 'DestroyByUser',
        statistics: { totalViewers: 0, totalGiftsSent: 0, totalGiftCoins: 0, totalUniqueGiftSenders: 0, totalLikesReceived: 0 },
        lastInfo: {
          owner: '144115216631667826',
          viewCount: 0,
          roomName: 'live name',
          roomType: 'Live',
          isSeatEnabled: true,
          takeSeatMode: 'FreeToTake',
          maxMemberCount: 400,
          maxSeatCount: 4,
          category: [1, 2, 3],
          customInfo: '',
          isMessageDisabled: false,
          coverUrl: 'cover url',
          activityStatus: 0,
          isPublicVisible: false,
          backgroundUrl: 'background url',
          isUnlimitedRoomEnabled: true,
        },
      },
    })
  })

  it('room destroyed as captured in the field: by the platform, without Category and Statistic', () => {
    const { fact, actor, occurredAt } = factOf(samples.destroyedInTheField)
    expect(actor).toEqual({ kind: 'system', id: '@TIM#SYSTEM' })
    expect(occurredAt).toBe('2025-09-04T11:41:01.775Z')
    expect(fact.data).toMatchObject({ roomId: '436', cause: 'DestroyBySystem', lastInfo: { owner: '10100015411', viewCount: 1 } })
    expect(fact.data).not.toHaveProperty('statistics')
    expect(fact.data).not.toHaveProperty('lastInfo.category')
  })

  it('metadata set and deleted', () => {
    expect(factOf(samples.metadataSet).fact).toEqual({
      type: 'RoomMetadataSet',
      data: { roomId: 'live-room1111', entries: { key1: 'value1', key2: 'value2' } },
    })
    expect(factOf(samples.metadataDeleted).fact).toEqual({
      type: 'RoomMetadataDeleted',
      data: { roomId: 'live-room1111', keys: ['key1', 'key2'] },
    })
  })

  it('admins changed', () => {
    expect(factOf(samples.adminsChanged).fact).toEqual({
      type: 'RoomAdminsChanged',
      data: { roomId: 'room_id', change: 'add', admins: ['user1', 'user2'] },
    })
  })

  it('members are no fact about a room', () => {
    expect(translate(samples.memberStateChanged)).toEqual({ kind: 'ignored', command: 'Live.CallbackAfterMemberStateChanged' })
  })
})

describe('the evidence', () => {
  it('is the body byte for byte, its hash, and where it came from', () => {
    const bytes = Buffer.from(`\uFEFF${samples.destroyed}`)
    const { callback } = factOf(samples.destroyed, {
      rawBody: bytes,
      clientIp: '127.0.0.1',
      optPlatform: 'RESTAPI',
      receivedFrom: '198.51.100.7',
    })
    expect(Buffer.from(callback.body).equals(bytes)).toBe(true)
    expect(callback).toEqual({
      command: 'Live.CallbackAfterDestroyRoom',
      clientIp: '127.0.0.1',
      optPlatform: 'RESTAPI',
      receivedFrom: '198.51.100.7',
      bodySha256: createHash('sha256').update(bytes).digest('hex'),
      body: `\uFEFF${samples.destroyed}`,
    })
  })

  it('leaves out what was not said', () => {
    expect(Object.keys(factOf(samples.created).callback)).toEqual(['command', 'receivedFrom', 'bodySha256', 'body'])
  })
})

describe('the id', () => {
  const { id } = factOf(samples.ownerChanged)

  it('stays the same for every delivery of the same callback, for ever', () => {
    expect(factOf(samples.ownerChanged, { receivedAt: '2030-01-01T00:00:00Z', receivedFrom: '203.0.113.9', clientIp: '::1' }).id).toBe(id)
    expect(factOf(samples.ownerChanged, { rawBody: Buffer.from(samples.ownerChanged) }).id).toBe(id)
    expect(id).toBe('e718f19a-d68b-5784-be43-0fce05080490')
  })

  it('is another for another application or another body', () => {
    expect(factOf(samples.ownerChanged, { sdkAppId: 1400000001 }).id).not.toBe(id)
    expect(factOf(samples.changed(samples.ownerChanged, {})).id).toBe(id)
    expect(factOf(samples.changed(samples.ownerChanged, { Extra: 1 })).id).not.toBe(id)
    expect(factOf(samples.changed(samples.ownerChanged, { EventTime: 1703589922781 })).id).not.toBe(id)
  })
})
