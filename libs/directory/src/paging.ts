import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite'
import type { Page } from './directory.js'
import type { Condition } from './filters.js'

export interface PagedQuery<T> {
  readonly db: DatabaseSync
  readonly table: string
  readonly where: readonly Condition[]
  /** The columns that order the rows, together unique among those that `where` leaves. */
  readonly order: readonly string[]
  readonly descending: boolean
  /** A column that `toItem` needs beside those of the order. */
  readonly carrying?: string
  readonly toItem: (row: Record<string, SQLOutputValue>) => T
  readonly limit: number
  readonly cursor?: string | undefined
}

/**
 * Pages by key, not by offset: rows that come or go meanwhile neither repeat nor hide others. A row whose own key
 * changes (a room that is updated, in the order of updates) stands at its new place.
 */
export const readPage = <T>(query: PagedQuery<T>): Page<T> => {
  const { db, table, order, descending, toItem, limit, cursor } = query
  const list = `${table}:${descending ? '-' : ''}${order.join()}`
  const after = cursor === undefined ? undefined : decodeCursor(cursor, list, order.length)
  if (cursor !== undefined && !after) return { ok: false, problem: 'bad-cursor' }
  const { sql, values } = pageSql(query, after)
  // One more than asked for tells whether there is another page.
  const found = db.prepare(sql).all(...values, limit + 1)
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const nextCursor = last && found.length > limit ? encodeCursor([list, ...order.map((column) => String(last[column]))]) : null
  return { ok: true, items: rows.map(toItem), nextCursor }
}

/** The values are those of all question marks but the last, the limit. */
export const pageSql = (
  { table, where, order, descending, carrying }: Pick<PagedQuery<unknown>, 'table' | 'where' | 'order' | 'descending' | 'carrying'>,
  after: readonly string[] = [],
): { readonly sql: string; readonly values: readonly SQLInputValue[] } => {
  const beyond: Condition[] =
    after.length === 0 ? [] : [[`(${order.join()}) ${descending ? '<' : '>'} (${order.map(() => '?').join()})`, ...after]]
  const conditions = [...where, ...beyond]
  const columns = carrying === undefined ? order : [...order, carrying]
  const sql = `
    SELECT ${columns.join()} FROM ${table}
    ${conditions.length === 0 ? '' : `WHERE ${conditions.map(([condition]) => condition).join(' AND ')}`}
    ORDER BY ${order.map((column) => `${column} ${descending ? 'DESC' : 'ASC'}`).join()} LIMIT ?`
  return { sql, values: conditions.flatMap(([, ...values]) => values) }
}

const encodeCursor = (parts: readonly string[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url')

/** @returns the key to go on from; undefined for what is no cursor of this list in this order. */
const decodeCursor = (cursor: string, list: string, length: number): readonly string[] | undefined => {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string') || encodeCursor(parts) !== cursor) return undefined
    return parts.length === length + 1 && parts[0] === list ? parts.slice(1) : undefined
  } catch {
    return undefined
  }
}
