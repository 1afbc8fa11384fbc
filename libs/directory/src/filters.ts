import type { SQLInputValue } from 'node:sqlite'
import type { OperationFilter, RoomFilter } from './directory.js'
import { foldText } from './folded-text.js'

/** A condition of a WHERE, with the values of its question marks. */
export type Condition = readonly [sql: string, ...values: SQLInputValue[]]

const when = (value: SQLInputValue | undefined, sql: string): Condition[] => (value === undefined ? [] : [[sql, value]])

export const roomConditions = (filter: RoomFilter): readonly Condition[] => {
  const { status, owner, category, activityStatus, isPublicVisible, updatedSince, q } = filter
  return [
    // Written out, not bound: only so does SQLite see that the indexes of active rooms will do.
    ...(status === undefined ? [] : [[status === 'active' ? `status = 'active'` : `status = 'destroyed'`] as const]),
    ...when(owner, 'owner = ?'),
    ...when(category === undefined ? undefined : `,${category},`, 'instr(categories, ?)'),
    ...when(activityStatus, 'activity_status = ?'),
    ...when(isPublicVisible === undefined ? undefined : Number(isPublicVisible), 'is_public_visible = ?'),
    ...when(updatedSince, 'updated_at >= ?'),
    ...(q === undefined ? [] : [containsText(foldText(q))]),
  ]
}

/** `instr` compares characters, not patterns: what is looked for may hold `%` and `_`. */
const containsText = (text: string): Condition => ['(instr(folded_id, ?) OR instr(folded_name, ?))', text, text]

export const operationConditions = ({ status, roomId, requestedBy, since }: OperationFilter): readonly Condition[] => [
  ...when(status, 'status = ?'),
  ...when(roomId, 'room_id = ?'),
  ...when(requestedBy, 'requested_by = ?'),
  ...when(since, 'requested_at >= ?'),
]
