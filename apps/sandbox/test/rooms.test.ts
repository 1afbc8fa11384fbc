import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../src/index.js'
import { startSandbox, type Vendor } from './support/vendor.js'

describe('the room commands', () => {
  let sandbox: Sandbox
  let vendor: Vendor
  beforeAll(async () => void ({ sandbox, vendor } = await startSandbox({ rateLimit: 10_000 })))
  afterAll(() => sandbox.close())

  const update = (roomId: string, info: Record<string, unknown>) =>
    vendor.code('update_room_info', { RoomInfo: { RoomId: roomId, ...info } })

  describe('create_room', () => {
    it('makes a room with the fields given and defaults for the others', async () => {
      const before = Math.floor(Date.now() / 1000)
      expect(
        (await vendor.create('made', { Owner_Account: 'alice', RoomName: 'Evening', Category: [1, 2], IsPublicVisible: false })).ErrorCode,
      ).toBe(0)
      const info = await vendor.info('made')
      expect(info).toMatchObject({
        RoomId: 'made',
        RoomName: 'Evening',
        RoomType: 'Live',
        Owner_Account: 'alice',
        Category: [1, 2],
        IsPublicVisible: false,
        IsMessageDisabled: false,
        TakeSeatMode: 'FreeToTake',
        CoverURL: '',
        ActivityStatus: 0,
        ViewCount: 0,
        MaxSeatCount: 9,
        Notice: '',
      })
      expect(info?.['CreateTime']).toBeGreaterThanOrEqual(before)
      expect(info?.['CreateTime']).toBeLessThanOrEqual(Date.now() / 1000)
    })

    it('gives the room its id as name and the caller as owner where nothing is said', async () => {
      await vendor.create('bare')
      expect(await vendor.info('bare')).toMatchObject({ RoomName: 'bare', Owner_Account: 'administrator' })
    })

    it.each<[string, Record<string, unknown>, number]>([
      ['an id of 49 bytes', { RoomId: 'x'.repeat(49) }, 100002],
      ['an empty id', { RoomId: '' }, 100002],
      ['an id that is a number', { RoomId: 7 }, 100002],
      ['an id beyond ASCII', { RoomId: 'zimmer-ü' }, 100002],
      ['no seat template', { SeatTemplate: undefined }, 100002],
      ['no type', { RoomType: undefined }, 100002],
      ['another type', { RoomType: 'Meeting' }, 100015],
      ['a name of 101 bytes', { RoomName: 'ü'.repeat(50) + 'x' }, 100002],
      ['a cover address of 201 bytes', { CoverURL: 'x'.repeat(201) }, 100002],
      ['four tags', { Category: [1, 2, 3, 4] }, 100009],
      ['a tag that is no integer', { Category: [1.5] }, 100002],
      ['an unknown seat mode', { TakeSeatMode: 'None' }, 100002],
      ['text for a flag', { IsPublicVisible: 'true' }, 100002],
      ['null for a name', { RoomName: null }, 100002],
      ['a number as owner', { Owner_Account: 5 }, 60015],
      ['null as owner', { Owner_Account: null }, 100002],
    ])('refuses %s', async (_what, info, code) => {
      expect((await vendor.create('refused', info)).ErrorCode).toBe(code)
      expect(await vendor.info('refused')).toBeUndefined()
    })

    it('takes what is just within the limits', async () => {
      const roomId = ` /%"'~${'x'.repeat(42)}`
      expect((await vendor.create(roomId, { RoomName: 'ü'.repeat(50), CoverURL: 'x'.repeat(200), Category: [1, 2, 3] })).ErrorCode).toBe(0)
      expect(await vendor.info(roomId)).toMatchObject({ RoomId: roomId })
    })

    it('tells an id taken by the caller or the owner asked for (100010) from one taken by others (100003)', async () => {
      await vendor.create('taken', { Owner_Account: 'alice' })
      expect((await vendor.create('taken', { Owner_Account: 'alice' })).ErrorCode).toBe(100010)
      expect((await vendor.create('taken', { Owner_Account: 'bob' })).ErrorCode).toBe(100003)
      await vendor.create('own')
      expect((await vendor.create('own', { Owner_Account: 'bob' })).ErrorCode).toBe(100010)
    })

    it('refuses a body without RoomInfo', async () => {
      expect(await vendor.code('create_room', { RoomId: 'r' })).toBe(100002)
    })
  })

  describe('update_room_info', () => {
    it('changes the fields given and leaves the others', async () => {
      await vendor.create('changed', { RoomName: 'Before', Category: [1] })
      expect(await update('changed', { RoomName: 'After', Notice: 'Welcome', MaxMemberCount: 5, ActivityStatus: -1 })).toBe(0)
      expect(await vendor.info('changed')).toMatchObject({
        RoomName: 'After',
        Notice: 'Welcome',
        MaxMemberCount: 5,
        ActivityStatus: -1,
        Category: [1],
      })
    })

    it.each<[string, Record<string, unknown>, number]>([
      ['a notice of 101 bytes', { Notice: 'x'.repeat(101) }, 100002],
      ['a name of 101 bytes', { RoomName: 'x'.repeat(101) }, 100002],
      ['four tags', { Category: [1, 2, 3, 4] }, 100009],
      ['no place for anyone', { MaxMemberCount: 0 }, 100002],
    ])('refuses %s and changes nothing', async (_what, info, code) => {
      await vendor.create('kept')
      expect(await update('kept', { IsMessageDisabled: true, ...info })).toBe(code)
      expect(await vendor.info('kept')).toMatchObject({ IsMessageDisabled: false })
    })

    it('knows no owner field', async () => {
      await vendor.create('owned', { Owner_Account: 'alice' })
      expect(await update('owned', { Owner_Account: 'bob' })).toBe(0)
      expect(await vendor.info('owned')).toMatchObject({ Owner_Account: 'alice' })
    })
  })

  it('change_room_owner hands the room over', async () => {
    await vendor.create('handed', { Owner_Account: 'alice' })
    expect(await vendor.code('change_room_owner', { RoomId: 'handed', NewOwner_Account: 'bob' })).toBe(0)
    expect(await vendor.info('handed')).toMatchObject({ Owner_Account: 'bob' })
    expect(await vendor.code('change_room_owner', { RoomId: 'handed' })).toBe(100002)
    expect(await vendor.code('change_room_owner', { RoomId: 'handed', NewOwner_Account: 7 })).toBe(60015)
  })

  it('destroy_room ends it with its totals, and the id can be used again', async () => {
    await vendor.create('ended', { Owner_Account: 'alice' })
    await vendor.act('ended', 'bob', 'enter')
    await vendor.act('ended', 'bob', 'enter')
    expect((await vendor.call('destroy_room', { RoomId: 'ended' })).Response).toEqual({
      Statistic: { TotalViewers: 2, TotalGiftsSent: 0, TotalGiftCoins: 0, TotalUniqueGiftSenders: 0, TotalLikesReceived: 0 },
    })
    expect(await vendor.code('destroy_room', { RoomId: 'ended' })).toBe(100004)
    expect((await vendor.create('ended', { Owner_Account: 'carol' })).ErrorCode).toBe(0)
    const lives = (await vendor.rooms()).filter((room) => room['roomId'] === 'ended')
    expect(lives).toMatchObject([
      { life: 2, status: 'active', owner: 'carol', destroyedAt: null },
      { life: 1, status: 'destroyed', owner: 'alice', destroyCause: 'DestroyByUser', destroyedBy: 'administrator' },
    ])
  })

  it.each(['get_room_info', 'update_room_info', 'change_room_owner', 'destroy_room', 'get_admin_list'])(
    '%s knows no room that is not there',
    async (command) => {
      const RoomId = 'nowhere'
      expect(await vendor.code(command, { RoomId, RoomInfo: { RoomId }, NewOwner_Account: 'bob' })).toBe(100004)
    },
  )

  it('get_room_list pages through the public rooms, most viewed first', async () => {
    const { sandbox: other, vendor: lister } = await startSandbox()
    await Promise.all(Array.from({ length: 23 }, (_, index) => lister.create(`room-${index}`)))
    await lister.create('hidden', { IsPublicVisible: false })
    await lister.act('room-7', 'bob', 'enter')

    const first = (await lister.call('get_room_list', { Next: '', Count: 50 })).Response
    const second = (await lister.call('get_room_list', { Next: first?.['Next'], Count: 20 })).Response
    const ids = [first, second].flatMap((page) => ((page?.['RoomList'] ?? []) as { RoomId: string }[]).map((room) => room.RoomId))
    expect(ids).toHaveLength(23)
    expect(new Set(ids).size).toBe(23)
    expect(ids[0]).toBe('room-7')
    expect(ids).not.toContain('hidden')
    expect(second?.['Next']).toBe('')
    expect(await lister.code('get_room_list', {})).toBe(100002)
    await other.close()
  })

  it('refuses a second create of an id within a second', async () => {
    const { sandbox: other, vendor: hasty } = await startSandbox({ createIntervalMs: 60_000 })
    await hasty.create('again')
    await hasty.code('destroy_room', { RoomId: 'again' })
    expect((await hasty.create('again')).ErrorCode).toBe(100012)
    expect((await hasty.create('other')).ErrorCode).toBe(0)
    await other.close()
  })

  it('refuses accounts that were not imported, where a list of imported ones is kept', async () => {
    const { sandbox: other, vendor: strict } = await startSandbox({ importedAccounts: ['alice'] })
    expect((await strict.create('r', { Owner_Account: 'bob' })).ErrorCode).toBe(70107)
    expect((await strict.create('r', { Owner_Account: 'alice' })).ErrorCode).toBe(0)
    expect(await strict.code('change_room_owner', { RoomId: 'r', NewOwner_Account: 'bob' })).toBe(70107)
    expect(await strict.code('change_room_owner', { RoomId: 'r', NewOwner_Account: 'administrator' })).toBe(0)
    await other.close()
  })
})

describe('metadata and admins', () => {
  let sandbox: Sandbox
  let vendor: Vendor
  beforeAll(async () => {
    ;({ sandbox, vendor } = await startSandbox())
    await Promise.all(['m', 'full', 'admins'].map((roomId) => vendor.create(roomId)))
  })
  afterAll(() => sandbox.close())
  const set = (RoomId: string, entries: Record<string, unknown>) =>
    vendor.code('set_room_metadata', { RoomId, Metadata: Object.entries(entries).map(([Key, Value]) => ({ Key, Value })) })
  const get = async (Keys: string[]) => (await vendor.call('get_room_metadata', { RoomId: 'm', Keys })).Response?.['Metadata']

  const modify = (OpType: string, ...Admin_Account: unknown[]) => vendor.code('modify_admin', { RoomId: 'admins', OpType, Admin_Account })
  const admins = async () => (await vendor.call('get_admin_list', { RoomId: 'admins' })).Response?.['Admin_Account']

  it('sets, replaces, reads and deletes', async () => {
    expect(await set('m', { a: '1', b: '2' })).toBe(0)
    expect(await set('m', { b: '3' })).toBe(0)
    expect(await get([])).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '3' },
    ])
    expect(await get(['b', 'z'])).toEqual([{ Key: 'b', Value: '3' }])
    expect(await vendor.code('del_room_metadata', { RoomId: 'm', Keys: ['a', 'z'] })).toBe(0)
    expect(await get([])).toEqual([{ Key: 'b', Value: '3' }])
    expect(await vendor.code('del_room_metadata', { RoomId: 'm', Keys: ['a'] })).toBe(100503)
  })

  it.each<[string, Record<string, unknown>, number]>([
    ['eleven keys', Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`k${index}`, 'v'])), 100500],
    ['a value of 2049 bytes', { k: 'x'.repeat(2049) }, 100501],
    ['values of more than 16 KiB', Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`k${index}`, 'x'.repeat(2000)])), 100502],
    ['a key of 51 bytes', { ['x'.repeat(51)]: 'v' }, 100504],
    ['a value that is a number', { k: 1 }, 100002],
    ['nothing', {}, 100002],
  ])('refuses %s', async (_what, entries, code) => {
    expect(await set('full', entries)).toBe(code)
    expect((await vendor.call('get_room_metadata', { RoomId: 'full', Keys: [] })).Response).toEqual({ Metadata: [] })
  })

  it('adds and removes admins, five at most', async () => {
    expect(await modify('add', 'a', 'b', 'c', 'd', 'e')).toBe(0)
    expect(await modify('add', 'f')).toBe(100020)
    expect(await modify('add', 'a')).toBe(0)
    expect(await modify('delete', 'a', 'zz')).toBe(0)
    expect(await admins()).toEqual(['b', 'c', 'd', 'e'])
    expect(await modify('remove', 'b')).toBe(100002)
    expect(await modify('add')).toBe(100002)
    expect(await modify('add', 7)).toBe(60015)
  })
})
