import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { otherCallbackCommands, parseVendorJson } from '#live-engine'
import { factOf, translate } from './support/callback.js'
import * as samples from './support/samples.js'

const { changed, changedInfo } = samples
const destroyed = samples.destroyedInTheField

describe('a body that does not fit its command is set aside, with the reason', () => {
  it.each<[string, object, string]>([
    ['created without RoomInfo', changed(samples.created, { RoomInfo: undefined, RoomId: 'a' }), 'RoomInfo is required'],
    ['updated without RoomInfo', changed(samples.updated, { RoomInfo: '', RoomId: 'a' }), 'RoomInfo is required'],
    ['RoomInfo is a list', changed(samples.updated, { RoomInfo: [], RoomId: 'a' }), 'RoomInfo must be an object; RoomInfo is required'],
    ['no room id', changed(samples.ownerChanged, { RoomId: undefined }), 'RoomId is required'],
    ['an empty room id', changed(samples.ownerChanged, { RoomId: '' }), 'RoomId is required'],
    ['a room id that is no text', changed(samples.ownerChanged, { RoomId: true }), 'RoomId must be an account; RoomId is required'],
    ['a room id with a fraction', changed(samples.ownerChanged, { RoomId: 1.5 }), 'RoomId must be an account; RoomId is required'],
    ['a room id of 49 bytes', changed(samples.ownerChanged, { RoomId: `${'a'.repeat(47)}é` }), 'RoomId must be at most 48 bytes'],
    ['a room id with a line break', changed(samples.ownerChanged, { RoomId: 'a\nb' }), 'RoomId must not hold control characters'],
    ['a room id that is no Unicode', changed(samples.ownerChanged, { RoomId: 'a\uD800' }), 'RoomId must be an account; RoomId is required'],
    ['a name that is a number', changedInfo(samples.updated, { RoomName: 7 }), 'RoomInfo.RoomName must be a text'],
    ['a count that is a text', changedInfo(samples.updated, { MaxMemberCount: '300' }), 'RoomInfo.MaxMemberCount must be an integer'],
    ['a flag that is a text', changedInfo(samples.updated, { IsPublicVisible: 'true' }), 'RoomInfo.IsPublicVisible must be true or false'],
    ['a fraction', changedInfo(samples.updated, { ActivityStatus: 0.5 }), 'RoomInfo.ActivityStatus must be an integer'],
    ['categories as texts', changedInfo(samples.updated, { Category: ['1'] }), 'RoomInfo.Category must be a list of integers'],
    ['a category alone', changedInfo(samples.updated, { Category: 1 }), 'RoomInfo.Category must be a list of integers'],
    ['a seat mode as a number', changedInfo(samples.updated, { TakeSeatMode: 1 }), 'RoomInfo.TakeSeatMode must be a text'],
    ['an owner that is an object', changedInfo(samples.created, { Owner_Account: {} }), 'RoomInfo.Owner_Account must be an account'],
    ['an operator that is a list', changed(samples.created, { Operator_Account: ['a'] }), 'Operator_Account must be an account'],
    ['a time as text', changed(samples.created, { EventTime: '1703589922780' }), 'EventTime must be an integer'],
    ['a time of zero', changed(samples.created, { EventTime: 0 }), 'EventTime is not a plausible time'],
    ['a time before all times', changed(samples.created, { EventTime: -1 }), 'EventTime is not a plausible time'],
    ['a time past the year 9999', changed(samples.created, { EventTime: 253402300800000 }), 'EventTime is not a plausible time'],
    ['a create time past all times', changedInfo(samples.created, { CreateTime: 253402300800 }), 'CreateTime is not a plausible time'],
    ['no new owner', changed(samples.ownerChanged, { CurrentOwner_Account: '' }), 'CurrentOwner_Account is required'],
    ['destroyed without EventType', changed(destroyed, { EventType: undefined }), 'EventType is required'],
    ['destroyed with an empty EventType', changed(destroyed, { EventType: '' }), 'EventType is required'],
    ['totals as texts', changed(destroyed, { Statistic: { TotalViewers: '1' } }), 'Statistic.TotalViewers must be an integer'],
    ['totals as a list', changed(destroyed, { Statistic: [] }), 'Statistic must be an object'],
    ['no metadata at all', changed(samples.metadataSet, { Metadata: undefined }), 'Metadata is required'],
    [
      'metadata as an object',
      changed(samples.metadataSet, { Metadata: { a: 'b' } }),
      'Metadata must be a list of objects; Metadata is required',
    ],
    ['metadata without a key', changed(samples.metadataSet, { Metadata: [{ Value: 'b' }] }), 'Metadata.Key is required'],
    [
      'metadata with a number as value',
      changed(samples.metadataSet, { Metadata: [{ Key: 'a', Value: 1 }] }),
      'Metadata.Value must be a text; Metadata.Value is required',
    ],
    ['no keys', changed(samples.metadataDeleted, { Keys: undefined }), 'Keys is required'],
    ['keys that are numbers', changed(samples.metadataDeleted, { Keys: [1] }), 'Keys must be a list of texts; Keys is required'],
    ['no admins', changed(samples.adminsChanged, { Admin_Account: undefined }), 'Admin_Account is required'],
    ['an unknown change', changed(samples.adminsChanged, { opType: 'promote' }), 'opType must be add or delete'],
  ])('%s', (_what, body, why) => {
    const { CallbackCommand: command } = body as { CallbackCommand: string }
    expect(translate(body)).toEqual({ kind: 'unfit', command, why })
  })

  it('a number beyond 2^53 where a count is expected', () => {
    const body = samples.updated.replace('"MaxMemberCount":300', '"MaxMemberCount":90071992547409930')
    expect(translate(body)).toMatchObject({ kind: 'unfit', why: 'RoomInfo.MaxMemberCount must be an integer' })
  })

  it('names no value in the reason', () => {
    const translated = translate(changedInfo(samples.created, { Owner_Account: { secret: 'sesame' }, RoomName: ['sesame'] }))
    expect(JSON.stringify(translated)).not.toContain('sesame')
  })
})

describe('which command it is', () => {
  it.each([...otherCallbackCommands])('%s is known and no fact about a room', (command) => {
    expect(translate({ CallbackCommand: command, RoomId: 7 })).toMatchObject({ kind: 'ignored' })
  })

  it.each([
    'Live.CallbackAfterFly',
    'LiveGo.Anything',
    'Group.CallbackAfterNewMemberJoin',
    'Mic.Other',
    'Room.CallbackAfterDestroyRoom',
    'toString',
  ])('%s is not known', (command) => {
    expect(translate({ CallbackCommand: command })).toEqual({ kind: 'unfit', command, why: 'unknown CallbackCommand' })
  })

  it('is set aside when address and body disagree', () => {
    const why = 'the address names another CallbackCommand than the body'
    expect(translate(samples.ownerChanged, { command: 'Live.CallbackAfterDestroyRoom' })).toEqual({
      kind: 'unfit',
      command: 'Live.CallbackAfterChangeOwner',
      why,
    })
    expect(translate(samples.memberStateChanged, { command: 'Group.CallbackAfterSendMsg' })).toMatchObject({ kind: 'unfit', why })
    expect(translate(samples.metadataSet, { command: 'Live.CallbackAfterModifyAdmin' })).toMatchObject({ kind: 'unfit', why })
  })

  it('is set aside under a harmless name when there is none that could name a stream', () => {
    expect(translate({})).toEqual({ kind: 'unfit', command: 'unnamed', why: 'CallbackCommand is required' })
    expect(translate({ CallbackCommand: 7 })).toEqual({ kind: 'unfit', command: 'unnamed', why: 'CallbackCommand must be a text' })
    expect(translate({ CallbackCommand: '$ce-room\n' })).toMatchObject({ kind: 'unfit', command: 'unnamed' })
    expect(translate({ CallbackCommand: 'x'.repeat(101) })).toMatchObject({ kind: 'unfit', command: 'unnamed' })
  })
})

describe('metadata keys come from outside', () => {
  it('so __proto__ is a key like any other, and the last of two counts', () => {
    const Metadata = [
      { Key: '__proto__', Value: 'x' },
      { Key: 'a', Value: '1' },
      { Key: 'a', Value: '2' },
    ]
    const { fact } = factOf(changed(samples.metadataSet, { Metadata }))
    const stored = JSON.stringify(fact)
    expect(stored).toContain('"entries":{"__proto__":"x","a":"2"}')
    expect(JSON.stringify(JSON.parse(stored))).toBe(stored)
  })
})

describe('whatever comes', () => {
  it('metadata of any kind survives the way into a fact', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))), (pairs) => {
        const body = changed(samples.metadataSet, { Metadata: pairs.map(([Key, Value]) => ({ Key, Value })) })
        expect((factOf(body).fact.data as { entries: object }).entries).toEqual(Object.fromEntries(pairs))
      }),
      { numRuns: 1000 },
    )
  })

  it('any body is translated, ignored or set aside, and never throws', () => {
    const command = fc.constantFrom('Live.CallbackAfterCreateRoom', 'Live.CallbackAfterDestroyRoom', 'Live.CallbackAfterSetMetadata', 'x')
    const names = fc.constantFrom('RoomId', 'RoomInfo', 'EventTime', 'EventType', 'Statistic', 'Metadata', 'Keys', 'Operator_Account')
    fc.assert(
      fc.property(command, fc.dictionary(names, fc.jsonValue()), (CallbackCommand, fields) => {
        expect(parseVendorJson(JSON.stringify(fields)).ok).toBe(true)
        expect(['fact', 'ignored', 'unfit']).toContain(translate({ CallbackCommand, ...fields }).kind)
      }),
      { numRuns: 2000 },
    )
  })
})
