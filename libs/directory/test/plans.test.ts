import { describe, expect, it } from 'vitest'
import { derivedFile } from '#event-store'
import type { OperationFilter, RoomFilter, RoomSort } from '../src/index.js'
import { operationConditions, roomConditions } from '../src/filters.js'
import { pageSql } from '../src/paging.js'
import { roomOrder, roomsNamingSql } from '../src/reader.js'
import { formatVersion, tables } from '../src/schema.js'

const db = derivedFile(':memory:', { formatVersion, tables }, () => {}).makeAnew()
const planOf = ({ sql, values }: ReturnType<typeof pageSql>): string =>
  db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...values, 51)
    .map(({ detail }) => String(detail))
    .join()

const sorts: RoomSort[] = ['updatedAt', '-updatedAt', 'createdAt', '-createdAt', 'roomId', '-roomId']
const keyOf = (sort: RoomSort): string[] => (sort.endsWith('roomId') ? ['r1'] : ['2026-03-26T17:29:16.000Z', 'r1'])
const planOfRooms = (filter: RoomFilter, sort: RoomSort, after?: string[]): string =>
  planOf(pageSql({ table: 'rooms', where: roomConditions(filter), ...roomOrder(sort) }, after))

describe('how SQLite finds a page', () => {
  it('given any order, with or without an owner and a status, when a page is read, then rows come in order, without sorting', () => {
    for (const sort of sorts)
      for (const owner of [{}, { owner: 'anna' }])
        for (const status of [{}, { status: 'active' as const }, { status: 'destroyed' as const }])
          for (const after of [undefined, keyOf(sort)])
            expect(planOfRooms({ ...owner, ...status }, sort, after)).not.toContain('TEMP B-TREE')
  })

  it('given filters that few rooms fit, when the rooms are walked, then only the narrow rows of one index are', () => {
    const filters: RoomFilter[] = [{ q: 'x' }, { category: 1 }, { activityStatus: 1 }, { isPublicVisible: true }]
    for (const filter of filters)
      for (const sort of sorts.filter((name) => !name.endsWith('roomId'))) {
        expect(planOfRooms(filter, sort)).toMatch(/^SCAN rooms USING COVERING INDEX rooms_by_/)
        expect(planOfRooms({ ...filter, status: 'active' }, sort)).toMatch(/COVERING INDEX active_rooms_by_/)
        expect(planOfRooms({ ...filter, updatedSince: 'x' }, sort)).toContain('COVERING INDEX rooms_by_')
      }
  })

  it('given operations by any one filter, when a page is read, then rows come in order, without sorting', () => {
    const filters: OperationFilter[] = [{}, { status: 'accepted' }, { roomId: 'r1' }, { requestedBy: 'dashboard' }, { since: 'x' }]
    for (const filter of filters) {
      const plan = planOf(
        pageSql({ table: 'operations', where: operationConditions(filter), order: ['requested_at', 'operation_id'], descending: true }),
      )
      expect(plan).toContain('USING COVERING INDEX operations_')
      expect(plan).not.toContain('TEMP B-TREE')
    }
  })

  it('given rooms that name an account, when they are looked for, then they come by their key, without sorting', () => {
    const given = { account: 'anna', from: '', at: 'x', knownAt: null, endsAfter: 'x', limit: 9 }
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${roomsNamingSql}`).all(given)
    expect(plan.map(({ detail }) => String(detail))).toEqual(['SEARCH named_owners USING PRIMARY KEY (account=? AND room_id>?)'])
  })
})
