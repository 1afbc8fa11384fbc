import { describe, expect, it } from 'vitest'
import { factOf, receivedAt, translate } from './support/callback.js'
import * as samples from './support/samples.js'

const { changed, changedInfo } = samples
const set = 'Live.CallbackAfterSetMetadata'
const del = 'Live.CallbackAfterDelMetadata'

describe('what the vendor writes now this way, now that way', () => {
  it('EventTime at top level, inside RoomInfo, or nowhere', () => {
    const inside = changed(changedInfoText({ EventTime: 1703589922999 }), { EventTime: undefined })
    expect(factOf(inside)).toMatchObject({ occurredAt: '2023-12-26T11:25:22.999Z', timeSource: 'eventTime' })
    const both = changedInfo(samples.created, { EventTime: 1703589922999 })
    expect(factOf(both)).toMatchObject({ occurredAt: '2023-12-26T11:25:22.780Z', timeSource: 'eventTime' })
    const nowhere = changed(samples.created, { EventTime: undefined })
    expect(factOf(nowhere)).toMatchObject({ occurredAt: '2023-12-26T11:25:22.000Z', timeSource: 'createTime' })
    const neither = changed(changedInfoText({ CreateTime: undefined }), { EventTime: null })
    expect(factOf(neither)).toMatchObject({ occurredAt: receivedAt, timeSource: 'received' })
  })

  it('EventTime missing on any other command: the time of receipt, and still one id', () => {
    for (const sample of [samples.updated, samples.ownerChanged, samples.destroyedInTheField, samples.metadataSet, samples.adminsChanged]) {
      const body = changed(sample, { EventTime: undefined })
      const first = factOf(body, { receivedAt: '2026-01-01T00:00:00Z' })
      expect(first).toMatchObject({ occurredAt: '2026-01-01T00:00:00.000Z', timeSource: 'received' })
      expect(factOf(body, { receivedAt: '2026-02-02T00:00:00Z' }).id).toBe(first.id)
    }
  })

  it('CreateTime counts for a create alone', () => {
    const body = changed(JSON.stringify(changedInfo(samples.updated, { CreateTime: 1703589922 })), { EventTime: undefined })
    expect(factOf(body)).toMatchObject({ occurredAt: receivedAt, timeSource: 'received' })
  })

  it('RoomType Live, or Meeting as one table has it', () => {
    expect(factOf(changedInfo(samples.created, { RoomType: 'Meeting' })).fact.data).toHaveProperty('info.roomType', 'Meeting')
  })

  it('RoomId only inside RoomInfo, only at top level, or in both places', () => {
    expect(factOf(samples.updated).roomId).toBe('live-room')
    expect(factOf(changed(changedInfoText({ RoomId: undefined }), { RoomId: 'outer' })).roomId).toBe('outer')
    expect(factOf(changed(samples.created, { RoomId: 'tandy-test-rest' })).roomId).toBe('tandy-test-rest')
    expect(factOf(changed(samples.destroyedInTheField, { RoomId: undefined })).roomId).toBe('436')
    expect(translate(changed(samples.created, { RoomId: 'another' }))).toMatchObject({ kind: 'unfit' })
  })

  it('accounts as texts or as bare numbers, of any size', () => {
    for (const [written, meant] of [
      ['144115233775727695', '144115233775727695'],
      ['10100015411', '10100015411'],
      ['"user1"', 'user1'],
    ] as const) {
      const { fact, actor } = factOf(samples.created.replace('"user3"', written).replace('"admin"', written))
      expect(fact.data).toHaveProperty('owner', meant)
      expect(actor.id).toBe(meant)
    }
    const transfer = samples.ownerChanged.replace('"user2"', '144115216631667826').replace('"user1"', '144115216631667827')
    expect(factOf(transfer).fact.data).toMatchObject({ from: '144115216631667827', to: '144115216631667826' })
    const admins = samples.adminsChanged.replace('"user1"', '144115216631667826')
    expect(factOf(admins).fact.data).toMatchObject({ admins: ['144115216631667826', 'user2'] })
  })

  it('a room id as a bare number: its digits', () => {
    expect(factOf(samples.ownerChanged.replace('"room_id"', '436')).roomId).toBe('436')
    expect(factOf(samples.ownerChanged.replace('"room_id"', '144115216631667826')).roomId).toBe('144115216631667826')
  })

  it('a destroy without RoomInfo, Statistic or Category, or with nothing in them', () => {
    const bare = { CallbackCommand: 'Live.CallbackAfterDestroyRoom', RoomId: '436', EventType: 'DestroyBySystem', EventTime: 1756986061775 }
    for (const body of [bare, { ...bare, RoomInfo: null, Statistic: null }, { ...bare, RoomInfo: '', Statistic: '' }])
      expect(factOf(body).fact.data).toEqual({ roomId: '436', cause: 'DestroyBySystem' })
    expect(factOf({ ...bare, RoomInfo: { Category: null }, Statistic: {} }).fact.data).toEqual({
      roomId: '436',
      cause: 'DestroyBySystem',
      lastInfo: {},
    })
    expect(factOf({ ...bare, Statistic: { TotalViewers: 7 } }).fact.data).toHaveProperty('statistics', { totalViewers: 7 })
  })

  it('a cause of a destroy that no page knows', () => {
    expect(factOf(changed(samples.destroyedInTheField, { EventType: 'DestroyByOwner' })).fact.data).toHaveProperty(
      'cause',
      'DestroyByOwner',
    )
  })

  it('metadata deleted under the name of the set, in the address, in the body, or in both', () => {
    for (const [addressed, said] of [
      [set, del],
      [del, set],
      [set, set],
      [del, del],
      [undefined, del],
      [set, undefined],
    ]) {
      expect(factOf(changed(samples.metadataDeleted, { CallbackCommand: said }), { command: addressed }).fact.type).toBe(
        'RoomMetadataDeleted',
      )
      expect(factOf(changed(samples.metadataSet, { CallbackCommand: said }), { command: addressed }).fact.type).toBe('RoomMetadataSet')
    }
  })

  it('metadata with both lists, or with one of them null: the body names the command', () => {
    const both = { Keys: ['a'], Metadata: [{ Key: 'b', Value: '' }] }
    expect(factOf(changed(samples.metadataDeleted, both)).fact.type).toBe('RoomMetadataDeleted')
    expect(factOf(changed(samples.metadataSet, both)).fact.type).toBe('RoomMetadataSet')
    expect(factOf(changed(samples.metadataDeleted, { Metadata: null })).fact.type).toBe('RoomMetadataDeleted')
    expect(factOf(changed(samples.metadataSet, { Keys: null })).fact.type).toBe('RoomMetadataSet')
  })

  it('the one delivery under two names in the address has one id', () => {
    expect(factOf(samples.metadataDeleted, { command: set }).id).toBe(factOf(samples.metadataDeleted, { command: del }).id)
  })

  it('members under both names', () => {
    const ignored = { kind: 'ignored', command: 'Live.CallbackAfterMemberStateChanged' }
    expect(translate(samples.memberStateChanged, { command: 'Live.CallbackMemberStateChanged' })).toEqual(ignored)
    expect(translate(changed(samples.memberStateChanged, { CallbackCommand: 'Live.CallbackMemberStateChanged' }))).toEqual(ignored)
    expect(translate({}, { command: 'Live.CallbackMemberStateChanged' })).toEqual(ignored)
  })

  it('opType with a small o, OpType with a capital', () => {
    expect(factOf(changed(samples.adminsChanged, { opType: 'delete' })).fact.data).toHaveProperty('change', 'delete')
    expect(factOf(changed(samples.adminsChanged, { opType: undefined, OpType: 'delete' })).fact.data).toHaveProperty('change', 'delete')
  })

  it('the command only in the address, or only in the body', () => {
    const body = changed(samples.ownerChanged, { CallbackCommand: undefined })
    expect(factOf(body, { command: 'Live.CallbackAfterChangeOwner' }).fact.type).toBe('OwnerChanged')
    expect(factOf(samples.ownerChanged, { command: undefined }).callback.command).toBe('Live.CallbackAfterChangeOwner')
    expect(factOf(samples.ownerChanged, { command: '' }).fact.type).toBe('OwnerChanged')
  })

  it('fields that no page lists', () => {
    expect(factOf(changed(samples.ownerChanged, { Reason: { any: ['thing'] } })).fact.type).toBe('OwnerChanged')
  })

  it('optional fields as null, an owner as nothing', () => {
    expect(factOf(changed(samples.ownerChanged, { OriginalOwner_Account: '' })).fact.data).toEqual({ roomId: 'room_id', to: 'user2' })
    const { fact } = factOf(changedInfo(samples.created, { Owner_Account: null, Category: '', CoverURL: null, CustomInfo: '' }))
    expect(fact.data).not.toHaveProperty('owner')
    expect(fact.data).not.toHaveProperty('info.category')
    expect(fact.data).not.toHaveProperty('info.coverUrl')
    expect(fact.data).toHaveProperty('info.customInfo', '')
  })
})

describe('who did it', () => {
  it.each([
    ['@TIM#SYSTEM', undefined, { kind: 'system', id: '@TIM#SYSTEM' }],
    ['@TIM#SYSTEM', 'RESTAPI', { kind: 'system', id: '@TIM#SYSTEM' }],
    ['administrator', undefined, { kind: 'apiClient', id: 'administrator' }],
    ['administrator', '', { kind: 'apiClient', id: 'administrator' }],
    ['administrator', 'RESTAPI', { kind: 'apiClient', id: 'administrator' }],
    ['administrator', 'Web', { kind: 'account', id: 'administrator' }],
    ['another-admin', 'RESTAPI', { kind: 'apiClient', id: 'another-admin' }],
    ['another-admin', undefined, { kind: 'account', id: 'another-admin' }],
    ['alice', 'iOS', { kind: 'account', id: 'alice' }],
    [undefined, 'Web', { kind: 'system', id: 'unknown' }],
    ['', undefined, { kind: 'system', id: 'unknown' }],
    [null, undefined, { kind: 'system', id: 'unknown' }],
  ])('%j over %j is %j', (operator, optPlatform, actor) => {
    const body = changed(samples.ownerChanged, { Operator_Account: operator })
    expect(factOf(body, optPlatform === undefined ? {} : { optPlatform }).actor).toEqual(actor)
  })
})

/** The create sample with other fields in its RoomInfo, as text again. */
function changedInfoText(fields: Record<string, unknown>): string {
  return JSON.stringify(changedInfo(samples.created, fields))
}
