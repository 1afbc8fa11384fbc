import { describe, expect, it } from 'vitest'
import { verifyUserSig } from '#live-engine'
import { clientOf, settings } from './support/client.js'
import { fail, ok } from './support/vendor-server.js'

const vendorOk = { errorCode: 0, errorInfo: '', requestId: 'r-1' }

describe('calls under the vendor’s names', () => {
  it('carry the envelope that the vendor asks for', async () => {
    const { live, vendor } = await clientOf([ok()])
    expect(await live.destroyRoom({ roomId: 'a/b' })).toEqual({ outcome: 'ok', vendor: vendorOk })
    const [call] = vendor.calls
    expect(call).toMatchObject({ path: '/v4/live_engine_http_srv/destroy_room', body: { RoomId: 'a/b' } })
    expect([...call!.query.keys()]).toEqual(['sdkappid', 'identifier', 'usersig', 'random', 'contenttype'])
    expect(call!.query.get('contenttype')).toBe('json')
    expect(call!.query.get('random')).toMatch(/^\d{1,10}$/)
    const expected = { secretKey: settings.secretKey, sdkAppId: 1400000000, identifier: 'administrator', now: Date.now() }
    expect(verifyUserSig(call!.query.get('usersig') ?? '', expected)).toBe('ok')
  })

  it('go below the path of the base address, if it has one', async () => {
    const { vendor } = await clientOf([ok()])
    const { createLiveEngine } = await import('#live-engine')
    const live = createLiveEngine({ baseUrl: `${vendor.url}/proxy/`, timeoutMs: 4000, ...settings })
    await live.destroyRoom({ roomId: 'a' })
    await live.close()
    expect(vendor.calls[0]?.path).toBe('/proxy/v4/live_engine_http_srv/destroy_room')
  })

  it('create: every attribute that may be asked for', async () => {
    const { live, vendor } = await clientOf([ok()])
    const info = {
      roomName: 'n',
      maxMemberCount: 5,
      isMessageDisabled: false,
      coverUrl: 'c',
      category: [1],
      activityStatus: 0,
      isPublicVisible: true,
      takeSeatMode: 'ApplyToTake',
    }
    // An attribute that only the vendor sets, and one that create does not know, stay behind.
    const more = { ...info, notice: 'x', roomType: 'Meeting', customInfo: 'y' }
    await live.createRoom({ roomId: 'r', seatTemplate: 'Karaoke', owner: 'alice', info: more })
    await live.createRoom({ roomId: 'r', seatTemplate: 'Karaoke', info: {} })
    expect(vendor.calls.map(({ command, body }) => [command, body])).toEqual([
      [
        'create_room',
        {
          RoomInfo: {
            RoomId: 'r',
            RoomType: 'Live',
            SeatTemplate: 'Karaoke',
            Owner_Account: 'alice',
            IsUnlimitedRoomEnabled: true,
            RoomName: 'n',
            MaxMemberCount: 5,
            IsMessageDisabled: false,
            CoverURL: 'c',
            Category: [1],
            ActivityStatus: 0,
            IsPublicVisible: true,
            TakeSeatMode: 'ApplyToTake',
          },
        },
      ],
      ['create_room', { RoomInfo: { RoomId: 'r', RoomType: 'Live', SeatTemplate: 'Karaoke', IsUnlimitedRoomEnabled: true } }],
    ])
  })

  it('update, owner, destroy: nothing that the vendor does not document', async () => {
    const { live, vendor } = await clientOf([ok()])
    await live.updateRoomInfo({ roomId: 'r', info: { notice: '', category: [] } })
    await live.changeRoomOwner({ roomId: 'r', newOwner: 'bob' })
    expect(vendor.calls.map(({ command, body }) => [command, body])).toEqual([
      ['update_room_info', { RoomInfo: { RoomId: 'r', Notice: '', Category: [] } }],
      ['change_room_owner', { RoomId: 'r', NewOwner_Account: 'bob' }],
    ])
  })

  it('destroy: the totals of newer editions, and none of older ones', async () => {
    const totals = { TotalViewers: 3, TotalGiftsSent: 2, TotalGiftCoins: 9, TotalUniqueGiftSenders: 1, TotalLikesReceived: 4 }
    const { live } = await clientOf([ok({ Statistic: totals }), ok(), ok({ Statistic: { TotalViewers: 'many' } })])
    const statistics = { totalViewers: 3, totalGiftsSent: 2, totalGiftCoins: 9, totalUniqueGiftSenders: 1, totalLikesReceived: 4 }
    expect(await live.destroyRoom({ roomId: 'r' })).toEqual({ outcome: 'ok', vendor: vendorOk, statistics })
    expect(await live.destroyRoom({ roomId: 'r' })).toEqual({ outcome: 'ok', vendor: vendorOk })
    expect(await live.destroyRoom({ roomId: 'r' })).toEqual({ outcome: 'ok', vendor: vendorOk })
  })

  it('read a room: owner digit for digit, fields of unexpected types left out', async () => {
    const RoomInfo =
      '{"RoomId":"r","RoomName":"n","RoomType":"Live","Owner_Account":144115233775727695,"CreateTime":1703589922,"TakeSeatMode":1,"IsMessageDisabled":"true","IsSeatEnabled":false,"ViewCount":8,"Notice":"hi","Category":null}'
    const { live } = await clientOf([
      (response) =>
        response.end(`{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":"","RequestId":"r-1","Response":{"RoomInfo":${RoomInfo}}}`),
    ])
    expect(await live.getRoomInfo({ roomId: 'r' })).toEqual({
      outcome: 'ok',
      vendor: vendorOk,
      room: {
        roomId: 'r',
        owner: '144115233775727695',
        createdAt: '2023-12-26T11:25:22.000Z',
        viewCount: 8,
        info: { roomName: 'n', roomType: 'Live', isMessageDisabled: true, isSeatEnabled: false, notice: 'hi' },
      },
    })
  })

  it('read a room: an answer about another room, or about none, is no answer', async () => {
    const { live } = await clientOf([ok({ RoomInfo: { RoomId: 'other' } }), ok({}), ok(), ok({ RoomInfo: { RoomName: 'n' } })])
    const unclear = { outcome: 'unknown', cause: 'unreadable-answer', vendor: vendorOk }
    expect(await live.getRoomInfo({ roomId: 'r' })).toEqual(unclear)
    expect(await live.getRoomInfo({ roomId: 'r' })).toEqual(unclear)
    expect(await live.getRoomInfo({ roomId: 'r' })).toEqual(unclear)
    expect(await live.getRoomInfo({ roomId: 'r' })).toMatchObject({ outcome: 'ok', room: { roomId: 'r', info: { roomName: 'n' } } })
  })

  it('page through the public rooms', async () => {
    const RoomList = [{ RoomId: 'a', Owner_Account: 'alice', CreateTime: 0 }, { RoomName: 'without id' }]
    const { live, vendor } = await clientOf([ok({ Next: '20', RoomList }), ok({ Next: '', RoomList: null }), fail(100002)])
    expect(await live.getRoomList({ next: '', count: 20 })).toEqual({
      outcome: 'ok',
      vendor: vendorOk,
      next: '20',
      rooms: [{ roomId: 'a', owner: 'alice', info: {} }],
    })
    expect(await live.getRoomList({ next: '20', count: 20 })).toMatchObject({ next: '', rooms: [] })
    expect(await live.getRoomList({ next: 'x', count: 20 })).toMatchObject({ outcome: 'refused' })
    expect(vendor.calls[1]?.body).toEqual({ Next: '20', Count: 20 })
  })

  it('keep their connections', async () => {
    const { live, vendor } = await clientOf([
      ok(),
      fail(100004),
      (response) => response.writeHead(502).end('<html>Bad Gateway</html>'),
      ok(),
    ])
    for (let i = 0; i < 40; i += 1) await live.destroyRoom({ roomId: `r-${i}` })
    expect(vendor.calls).toHaveLength(40)
    // The pool may open a second one when a call follows an answer so closely that the first is not yet free.
    expect(vendor.connections()).toBeLessThanOrEqual(2)
  })

  it('run side by side', async () => {
    const { live, vendor } = await clientOf([(response) => setTimeout(() => response.end(JSON.stringify(ok())), 100)])
    await Promise.all(Array.from({ length: 20 }, (_, i) => live.destroyRoom({ roomId: `r-${i}` })))
    expect(vendor.calls).toHaveLength(20)
    expect(vendor.connections()).toBeGreaterThan(1)
  })
})
