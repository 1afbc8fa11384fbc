import { describe, expect, it } from 'vitest'
import { created, destroyed, fact, historyOf, named, seen, timeOf, valuesOf } from './history.js'

const change = (field: string, before: unknown, after: unknown, applied = true) => ({ field, before, after, applied })

describe('room-history: entries', () => {
  it('one for every fact, to the history of its room, with where it came from', () => {
    const { emitted } = historyOf({ ...fact(1, 'OwnerChanged', { to: 'bob' }, { operationId: 'op-1' }), id: 'e-1' })
    expect(emitted).toEqual([
      {
        stream: 'roomHistory-1',
        type: 'RoomHistoryEntry',
        metadata: {},
        data: {
          revision: 0,
          life: 1,
          eventId: 'e-1',
          type: 'OwnerChanged',
          occurredAt: timeOf(1),
          timeSource: 'eventTime',
          recordedAt: timeOf(501),
          source: 'callback',
          actor: { kind: 'account', id: 'ann' },
          operationId: 'op-1',
          changes: [change('owner', null, 'bob')],
          late: false,
          afterDestroy: false,
        },
      },
    ])
  })

  it('none for requests and outcomes', () => {
    expect(historyOf(created(1), fact(2, 'RoomUpdateRequested'), fact(3, 'RequestAccepted')).entries).toHaveLength(1)
  })
})

describe('room-history: changes', () => {
  it('a create sets owner and info', () => {
    expect(historyOf(created(1, { roomName: 'A', category: [1, 2] })).last.changes).toEqual([
      change('owner', null, 'ann'),
      change('roomName', null, 'A'),
      change('category', null, [1, 2]),
    ])
  })

  it('an update names before and after, field by field; absent fields are unchanged', () => {
    const { last, youngest } = historyOf(created(1, { roomName: 'A', notice: 'n' }), named(2, 'B'))
    expect(last.changes).toEqual([change('roomName', 'A', 'B')])
    expect(valuesOf(youngest)).toEqual({ owner: 'ann', roomName: 'B', notice: 'n' })
  })

  it('only what really differs is listed', () => {
    const repeated = fact(2, 'RoomUpdated', { info: { roomName: 'A', category: [1, 2] } })
    expect(historyOf(created(1, { roomName: 'A', category: [1, 2] }), repeated).last.changes).toEqual([])
  })

  it('a repeated value still moves its time: an older fact of before the repetition does not win', () => {
    const { last, youngest } = historyOf(created(1, { roomName: 'A' }), named(10, 'A'), named(5, 'B'))
    expect(last).toMatchObject({ late: true, changes: [change('roomName', null, 'B', false)] })
    expect(valuesOf(youngest)['roomName']).toBe('A')
  })

  it('the owner changes by OwnerChanged and by a look at the vendor', () => {
    const { entries } = historyOf(created(1), fact(2, 'OwnerChanged', { from: 'ann', to: 'bob' }), seen(3, 'cid'))
    expect(entries.map(({ changes }) => changes)).toEqual([
      [change('owner', null, 'ann')],
      [change('owner', 'ann', 'bob')],
      [change('owner', 'bob', 'cid')],
    ])
  })

  it('metadata is listed key by key; null after a delete', () => {
    const { entries, youngest } = historyOf(
      created(1),
      fact(2, 'RoomMetadataSet', { entries: { a: '1', b: '2' } }),
      fact(3, 'RoomMetadataSet', { entries: { a: '3' } }),
      fact(4, 'RoomMetadataDeleted', { keys: ['a', 'unknown'] }),
    )
    expect(entries.slice(1).map(({ changes }) => changes)).toEqual([
      [change('metadata.a', null, '1'), change('metadata.b', null, '2')],
      [change('metadata.a', '1', '3')],
      [change('metadata.a', '3', null)],
    ])
    expect(valuesOf(youngest)).toEqual({ owner: 'ann', 'metadata.b': '2' })
  })

  it('a late set does not bring back a key that was deleted since', () => {
    const { last, youngest } = historyOf(
      created(1),
      fact(9, 'RoomMetadataDeleted', { keys: ['a'] }),
      fact(5, 'RoomMetadataSet', { entries: { a: '1' } }),
    )
    expect(last).toMatchObject({ late: true, changes: [change('metadata.a', null, '1', false)] })
    expect(valuesOf(youngest)).toEqual({ owner: 'ann' })
  })

  it('keys that mean something to JavaScript are keys like any other', () => {
    const entries = JSON.parse('{"__proto__":"p","constructor":"c"}') as Record<string, string>
    expect(valuesOf(historyOf(created(1), fact(2, 'RoomMetadataSet', { entries })).youngest)).toMatchObject({
      'metadata.__proto__': 'p',
      'metadata.constructor': 'c',
    })
  })

  const admins = (ms: number, kind: 'add' | 'delete', ...accounts: string[]) =>
    fact(ms, 'RoomAdminsChanged', { change: kind, admins: accounts })

  it('admins are shown as sorted lists before and after', () => {
    const { entries } = historyOf(created(1), admins(2, 'add', 'zoe', 'bob'), admins(3, 'delete', 'zoe'), admins(4, 'delete', 'nobody'))
    expect(entries.slice(1).map(({ changes }) => changes)).toEqual([
      [change('admins', [], ['bob', 'zoe'])],
      [change('admins', ['bob', 'zoe'], ['bob'])],
      [],
    ])
  })

  it('each admin has a time of its own, so the order of arrival leaves no trace', () => {
    const { last, youngest } = historyOf(created(1), admins(9, 'delete', 'bob'), admins(5, 'add', 'bob', 'cid'))
    expect(last).toMatchObject({ late: true, changes: [change('admins', [], ['cid'])] })
    expect(valuesOf(youngest)).toMatchObject({ 'admin.cid': true })
    expect(historyOf(created(1), admins(9, 'delete', 'bob'), admins(5, 'add', 'bob')).last.changes).toEqual([
      change('admins', null, ['bob'], false),
    ])
  })

  it('the last look that comes with a destroy counts as values of that moment, but neither owner nor views', () => {
    const { last, youngest } = historyOf(created(1, { roomName: 'A' }), destroyed(5, 'X', { roomName: 'B', owner: 'eve', viewCount: 7 }))
    expect(last).toMatchObject({ afterDestroy: false, changes: [change('roomName', 'A', 'B')] })
    expect(valuesOf(youngest)).toEqual({ owner: 'ann', roomName: 'B' })
  })
})

describe('room-history: late facts', () => {
  it('late: recorded after a younger fact of that life', () => {
    const { entries } = historyOf(created(1), named(9, 'A'), fact(5, 'OwnerChanged', { to: 'bob' }), named(10, 'B'))
    expect(entries.map(({ late }) => late)).toEqual([false, false, true, false])
  })

  it('a late change of a field that no younger fact holds is applied, over the value it replaced', () => {
    const { last } = historyOf(created(1), named(9, 'A'), fact(5, 'OwnerChanged', { from: 'ann', to: 'bob' }))
    expect(last.changes).toEqual([change('owner', 'ann', 'bob')])
  })

  it('a late change of a field that a younger fact holds is not: before is then not known', () => {
    const { last, youngest } = historyOf(created(1, { roomName: 'A' }), named(9, 'C'), named(5, 'B'))
    expect(last.changes).toEqual([change('roomName', null, 'B', false)])
    expect(valuesOf(youngest)['roomName']).toBe('C')
  })

  it('facts of one millisecond count in the order of their kind, then of their ids', () => {
    const { youngest } = historyOf(seen(5, 'cid'), fact(5, 'OwnerChanged', { to: 'bob' }), created(5))
    expect(valuesOf(youngest)['owner']).toBe('cid')
    const two = historyOf(created(1), { ...named(5, 'B'), id: 'b' }, { ...named(5, 'A'), id: 'a' })
    expect(valuesOf(two.youngest)['roomName']).toBe('B')
  })
})
