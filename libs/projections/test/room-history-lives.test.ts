import { describe, expect, it } from 'vitest'
import { created, destroyed, fact, historyOf, looselyCreated, missed, named, seen, timeOf, valuesOf, type HistoryLife } from './history.js'

const timeIn = (key: string | null): string | null => key && key.slice(0, 24)
const shape = ({ n, from, to, cause, startedBy }: HistoryLife) => [n, timeIn(from), timeIn(to), cause, startedBy]

describe('room-history: how a life begins', () => {
  it('with a create', () => {
    expect(historyOf(created(1)).lives.map(shape)).toEqual([[1, timeOf(1), null, null, 'created']])
  })

  it('with the first fact of a room that was not seen before', () => {
    expect(historyOf(named(1, 'A')).lives.map(shape)).toEqual([[1, timeOf(1), null, null, 'observed']])
    expect(historyOf(destroyed(1, 'X')).lives.map(shape)).toEqual([[1, timeOf(1), timeOf(1), 'X', 'observed']])
  })

  it('with a look that finds a destroyed room there', () => {
    const { lives, last } = historyOf(created(1), destroyed(5), seen(9, 'bob'))
    expect(lives.map(shape)).toEqual([
      [1, timeOf(1), timeOf(5), 'DestroyByUser', 'created'],
      [2, timeOf(9), null, null, 'observed'],
    ])
    expect(last).toMatchObject({ life: 2, afterDestroy: false, changes: [{ field: 'owner', before: null, after: 'bob', applied: true }] })
  })

  it('never with a look that finds no room', () => {
    const never = historyOf(missed(1))
    expect([never.lives, never.last.life, never.last.afterDestroy]).toEqual([[], 0, false])
    const { lives, last } = historyOf(created(1), destroyed(5), missed(9))
    expect(lives).toHaveLength(1)
    expect(last).toMatchObject({ life: 1, afterDestroy: false, changes: [] })
  })

  it('a look that finds no room does not end a life either', () => {
    expect(historyOf(created(1), missed(5)).youngest!.to).toBe(null)
  })
})

describe('room-history: how a life ends', () => {
  it('with its destroy; other facts younger than that are afterDestroy and change nothing', () => {
    const { last, lives } = historyOf(created(1, { roomName: 'A' }), destroyed(5), named(9, 'B'))
    expect(lives).toHaveLength(1)
    expect(last).toMatchObject({ life: 1, afterDestroy: true, changes: [{ field: 'roomName', before: null, after: 'B', applied: false }] })
    expect(valuesOf(lives[0])['roomName']).toBe('A')
  })

  it('with the next create, where the destroy was lost', () => {
    const { last, lives } = historyOf(created(1, { notice: 'n' }), created(9, {}, 'bob'))
    expect(lives.map(shape)).toEqual([
      [1, timeOf(1), timeOf(9), 'Superseded', 'created'],
      [2, timeOf(9), null, null, 'created'],
    ])
    expect(last).toMatchObject({ life: 2, changes: [{ field: 'owner', before: null, after: 'bob' }] })
    expect(valuesOf(lives[1])).toEqual({ owner: 'bob' })
  })

  it('a destroy that is older than the beginning of the life in hand belongs to the earlier one and replaces its cause', () => {
    const { last, lives } = historyOf(created(1), created(9), destroyed(5, 'DestroyBySystem'))
    expect(last).toMatchObject({ life: 1, afterDestroy: false })
    expect(lives.map(shape)).toEqual([
      [1, timeOf(1), timeOf(5), 'DestroyBySystem', 'created'],
      [2, timeOf(9), null, null, 'created'],
    ])
  })

  it('a second destroy is afterDestroy, and tells the cause where none was known', () => {
    const known = historyOf(created(1), destroyed(5, 'X'), destroyed(9, 'Y'))
    expect([known.last.afterDestroy, known.youngest!.cause]).toEqual([true, 'X'])
    const told = historyOf(created(1), destroyed(5, null), destroyed(9, 'Y'))
    expect([told.last.afterDestroy, told.youngest!.cause, timeIn(told.youngest!.to)]).toEqual([true, 'Y', timeOf(5)])
  })
})

describe('room-history: late facts that move lives', () => {
  it('a late create ends the life it falls into; what is younger moves to the new one', () => {
    const { last, lives } = historyOf(created(1, { roomName: 'A', notice: 'n' }), named(9, 'C'), created(5, { roomName: 'B' }, 'bob'))
    expect(last).toMatchObject({ life: 2, late: true })
    expect(last.changes).toContainEqual({ field: 'roomName', before: null, after: 'B', applied: false })
    expect(lives.map(({ n, cause }) => [n, cause])).toEqual([
      [1, 'Superseded'],
      [2, null],
    ])
    expect(valuesOf(lives[0])).toEqual({ owner: 'ann', notice: 'n' })
    expect(valuesOf(lives[1])).toEqual({ owner: 'bob', roomName: 'C' })
  })

  it('a late create takes over the destroy of the life it falls into', () => {
    const { lives } = historyOf(created(1), destroyed(9, 'X'), created(5))
    expect(lives.map(shape)).toEqual([
      [1, timeOf(1), timeOf(5), 'Superseded', 'created'],
      [2, timeOf(5), timeOf(9), 'X', 'created'],
    ])
  })

  it('a create that is older than a life begun without one becomes its beginning', () => {
    const { last, lives } = historyOf(named(9, 'B'), created(5, { roomName: 'A', notice: 'n' }))
    expect(lives.map(shape)).toEqual([[1, timeOf(5), null, null, 'created']])
    expect(last.life).toBe(1)
    expect(valuesOf(lives[0])).toEqual({ owner: 'ann', roomName: 'B', notice: 'n' })
  })

  it('a create that is older than a life begun with one forms an earlier life', () => {
    const { last, lives } = historyOf(created(9), created(5))
    expect(last).toMatchObject({ life: 1, late: false })
    expect(lives.map(({ n, cause }) => [n, cause])).toEqual([
      [1, 'Superseded'],
      [2, null],
    ])
  })

  it('another fact that is older than a create forms an earlier life; older than a first fact, it is that life', () => {
    expect(historyOf(created(9), named(5, 'A')).lives.map(shape)).toEqual([
      [1, timeOf(5), timeOf(9), 'Superseded', 'observed'],
      [2, timeOf(9), null, null, 'created'],
    ])
    expect(historyOf(named(9, 'B'), named(5, 'A')).lives.map(shape)).toEqual([[1, timeOf(5), null, null, 'observed']])
  })

  it('a late destroy ends the life there; what is younger is afterDestroy from then on', () => {
    const { last, lives } = historyOf(created(1, { notice: 'n' }), named(9, 'B'), destroyed(5))
    expect(last).toMatchObject({ life: 1, late: true, afterDestroy: false })
    expect(valuesOf(lives[0])).toEqual({ owner: 'ann', notice: 'n' })
  })

  it('a late destroy before a look that found the room: that look begins the next life', () => {
    const { lives } = historyOf(created(1), seen(9, 'bob'), fact(12, 'OwnerChanged', { to: 'cid' }), destroyed(5))
    expect(lives.map(shape)).toEqual([
      [1, timeOf(1), timeOf(5), 'DestroyByUser', 'created'],
      [2, timeOf(9), null, null, 'observed'],
    ])
    expect(valuesOf(lives[1])).toEqual({ owner: 'cid' })
  })

  it('a create that turns up between a destroy and facts after it claims them', () => {
    const { last, lives } = historyOf(created(1), destroyed(5), named(9, 'B'), created(7, { roomName: 'A' }))
    expect(last.life).toBe(2)
    expect(valuesOf(lives[1])).toEqual({ owner: 'ann', roomName: 'B' })
  })
})

describe('room-history: a create known only to the second', () => {
  it('goes behind a destroy of the life it falls into, in that same second', () => {
    const { last, lives } = historyOf(created(0, { roomName: 'A' }), destroyed(5400), looselyCreated(5000, { roomName: 'B' }))
    expect(last).toMatchObject({ life: 2, late: false, afterDestroy: false })
    expect(lives.map(({ n, cause }) => [n, cause])).toEqual([
      [1, 'DestroyByUser'],
      [2, null],
    ])
    expect(valuesOf(lives[1])).toEqual({ roomName: 'B' })
  })

  it('also when that destroy arrives later: it ends the earlier life, not the new one', () => {
    const { last, lives } = historyOf(
      created(0),
      looselyCreated(5000, { roomName: 'B' }),
      named(5200, 'late of the first'),
      destroyed(5400),
    )
    expect(last).toMatchObject({ life: 1, afterDestroy: false })
    expect(lives.map(({ n, cause }) => [n, cause])).toEqual([
      [1, 'DestroyByUser'],
      [2, null],
    ])
    expect(lives.map(valuesOf)).toEqual([{ owner: 'ann', roomName: 'late of the first' }, { roomName: 'B' }])
  })

  it('stays where it is when the destroy is of the next second, or the time is exact', () => {
    expect(historyOf(created(0), destroyed(6000), looselyCreated(5000)).youngest!.to).not.toBe(null)
    expect(historyOf(created(0), destroyed(5400), created(5000)).youngest!.to).not.toBe(null)
  })
})
