import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Operation } from '#room'
import type { Directory, OperationFilter, RoomFilter, RoomSort } from './directory.js'
import { readPage } from './paging.js'

type Condition = readonly [sql: string, ...values: SQLInputValue[]]
const when = (value: SQLInputValue | undefined, sql: string): Condition[] => (value === undefined ? [] : [[sql, value]])

const columns = { updatedAt: 'updated_at', createdAt: 'created_at', roomId: 'room_id' } as const

/** Answers out of the index. */
export const createReader = (
  db: DatabaseSync,
): Pick<Directory, 'listRooms' | 'findOperation' | 'listOperations' | 'openOperations' | 'ownerships'> => {
  const find = db.prepare('SELECT room_id FROM operations WHERE operation_id = ?')
  const open = db.prepare('SELECT view FROM operations WHERE is_open = 1 ORDER BY requested_at, operation_id LIMIT ?')
  return {
    listRooms: ({ limit, cursor, sort = '-updatedAt', ...filter }) => {
      const column = columns[sort.replace('-', '') as Exclude<RoomSort, `-${string}`>]
      const order = column === 'room_id' ? [column] : [column, 'room_id']
      return readPage({ db, table: 'rooms', where: roomConditions(filter), order, descending: sort.startsWith('-'), limit, cursor })
    },
    findOperation: (operationId) => {
      const row = find.get(operationId)
      return row && { roomId: String(row['room_id']) }
    },
    listOperations: ({ limit, cursor, ...filter }) =>
      readPage({
        db,
        table: 'operations',
        where: operationConditions(filter),
        order: ['requested_at', 'operation_id'],
        descending: true,
        limit,
        cursor,
      }),
    openOperations: ({ limit }) => open.all(limit).map((row) => JSON.parse(String(row['view'])) as Operation),
    ownerships: (account, { limit, cursor }) =>
      readPage({ db, table: 'ownerships', where: [['account = ?', account]], order: ['sort_key'], descending: true, limit, cursor }),
  }
}

const roomConditions = ({ status, owner, category, activityStatus, isPublicVisible, updatedSince, q }: RoomFilter): Condition[] => [
  ...when(status, 'status = ?'),
  ...when(owner, 'owner = ?'),
  ...when(category === undefined ? undefined : `%,${category},%`, 'categories LIKE ?'),
  ...when(activityStatus, 'activity_status = ?'),
  ...when(isPublicVisible === undefined ? undefined : Number(isPublicVisible), 'is_public_visible = ?'),
  ...when(updatedSince, 'updated_at >= ?'),
  ...(q === undefined ? [] : [[`(room_id LIKE ? ESCAPE '\\' OR room_name LIKE ? ESCAPE '\\')`, contains(q), contains(q)] as const]),
]

const operationConditions = ({ status, roomId, requestedBy, since }: OperationFilter): Condition[] => [
  ...when(status, 'status = ?'),
  ...when(roomId, 'room_id = ?'),
  ...when(requestedBy, 'requested_by = ?'),
  ...when(since, 'requested_at >= ?'),
]

const contains = (text: string): string => `%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%`
