import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { Operation } from '#room'
import type { Directory, Ownership, RoomRow, RoomSort } from './directory.js'
import { operationConditions, roomConditions } from './filters.js'
import { readPage } from './paging.js'

export type Reader = Pick<
  Directory,
  | 'listRooms'
  | 'findOperation'
  | 'listOperations'
  | 'openOperations'
  | 'roomsToAskAbout'
  | 'roomIds'
  | 'activeRooms'
  | 'anyActiveRoom'
  | 'ownerships'
  | 'roomsNaming'
>

const fromView = <T>(row: Record<string, SQLOutputValue> | undefined): T => JSON.parse(String(row?.['view'])) as T

export const activeRoomsSql = `SELECT room_id FROM rooms WHERE status = 'active' AND room_id > ? ORDER BY room_id LIMIT ?`

/** What is not known yet may be the very fact that ended an ownership: `until` says something only with all that is known. */
export const roomsNamingSql = `
  SELECT room_id FROM named_owners
  WHERE account = :account AND room_id >= :from
    AND (:at IS NULL OR named_at <= :at) AND (:knownAt IS NULL OR known_at <= :knownAt)
    AND (:endsAfter IS NULL OR until IS NULL OR until > :endsAfter)
  ORDER BY room_id LIMIT :limit`

/** Answers out of the index. */
export const createReader = (db: DatabaseSync): Reader => {
  const roomView = db.prepare('SELECT view FROM room_views WHERE room_id = ?')
  const find = db.prepare('SELECT room_id FROM operations WHERE operation_id = ?')
  const open = db.prepare(
    'SELECT view FROM operations WHERE is_open = 1 AND (requested_at, operation_id) > (?, ?) ORDER BY requested_at, operation_id LIMIT ?',
  )
  const toAskAbout = db.prepare('SELECT room_id FROM rooms_to_ask_about WHERE room_id > ? ORDER BY room_id LIMIT ?')
  const ids = db.prepare('SELECT room_id FROM rooms WHERE room_id > ? ORDER BY room_id LIMIT ?')
  const active = db.prepare(activeRoomsSql)
  const activeCount = db.prepare(`SELECT count(*) AS n FROM rooms WHERE status = 'active'`)
  const activeAt = db.prepare(`SELECT room_id FROM rooms WHERE status = 'active' ORDER BY room_id LIMIT 1 OFFSET ?`)
  const naming = db.prepare(roomsNamingSql)
  return {
    listRooms: ({ limit, cursor, sort = '-updatedAt', ...filter }) =>
      readPage<RoomRow>({
        db,
        table: 'rooms',
        where: roomConditions(filter),
        ...roomOrder(sort),
        toItem: (row) => fromView(roomView.get(String(row['room_id']))),
        limit,
        cursor,
      }),
    findOperation: (operationId) => {
      const row = find.get(operationId)
      return row && { roomId: String(row['room_id']) }
    },
    listOperations: ({ limit, cursor, ...filter }) =>
      readPage<Operation>({
        db,
        table: 'operations',
        where: operationConditions(filter),
        order: ['requested_at', 'operation_id'],
        descending: true,
        carrying: 'view',
        toItem: fromView,
        limit,
        cursor,
      }),
    openOperations: ({ limit, after }) =>
      open.all(after?.requestedAt ?? '', after?.operationId ?? '', limit).map((row) => fromView<Operation>(row)),
    roomsToAskAbout: ({ limit, after = '' }) => toAskAbout.all(after, limit).map((row) => String(row['room_id'])),
    roomIds: ({ limit, after = '' }) => ids.all(after, limit).map((row) => String(row['room_id'])),
    activeRooms: ({ limit, after = '' }) => active.all(after, limit).map((row) => String(row['room_id'])),
    anyActiveRoom: () => {
      const row = activeAt.get(Math.floor(Math.random() * Number(activeCount.get()?.['n'])))
      return row && String(row['room_id'])
    },
    ownerships: (account, { limit, cursor }) =>
      readPage<Ownership>({
        db,
        table: 'ownerships',
        where: [['account = ?', account]],
        order: ['since', 'room_id', 'event_id'],
        descending: true,
        carrying: 'view',
        toItem: fromView,
        limit,
        cursor,
      }),
    roomsNaming: (account, { at = null, knownAt = null, from, limit }) =>
      naming.all({ account, from, limit, at, knownAt, endsAfter: knownAt === null ? at : null }).map((row) => String(row['room_id'])),
  }
}

const columns = { updatedAt: 'updated_at', createdAt: 'created_at', roomId: 'room_id' } as const

export const roomOrder = (sort: RoomSort): { order: readonly string[]; descending: boolean } => {
  const column = columns[sort.replace('-', '') as keyof typeof columns]
  return { order: column === 'room_id' ? [column] : [column, 'room_id'], descending: sort.startsWith('-') }
}
