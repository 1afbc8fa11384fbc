import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Page } from './directory.js'

export interface PagedQuery {
  readonly db: DatabaseSync
  readonly table: string
  /** SQL conditions, each with its values. */
  readonly where: readonly (readonly [sql: string, ...values: SQLInputValue[]])[]
  /** The columns that order the rows, together unique; the last one is the key. */
  readonly order: readonly string[]
  readonly descending: boolean
  readonly limit: number
  readonly cursor?: string | undefined
}

/** Pages by key, not by offset: rows that come or go meanwhile neither repeat nor hide others. */
export const readPage = <T>({ db, table, where, order, descending, limit, cursor }: PagedQuery): Page<T> => {
  const name = `${table}:${descending ? '-' : ''}${order[0]}`
  const after = cursor === undefined ? undefined : decode(cursor, name, order.length)
  if (cursor !== undefined && !after) return { ok: false, problem: 'bad-cursor' }
  const columns = order.join(', ')
  const conditions = where.map(([sql]) => sql)
  if (after) conditions.push(`(${columns}) ${descending ? '<' : '>'} (${order.map(() => '?').join(', ')})`)
  const sql = `SELECT ${columns}, view FROM ${table} ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
    ORDER BY ${order.map((column) => `${column} ${descending ? 'DESC' : 'ASC'}`).join(', ')} LIMIT ?`
  const rows = db.prepare(sql).all(...where.flatMap(([, ...values]) => values), ...(after ?? []), limit + 1)
  const items = rows.slice(0, limit).map((row) => JSON.parse(String(row['view'])) as T)
  const last = rows[limit - 1]
  return {
    ok: true,
    items,
    nextCursor:
      rows.length > limit && last
        ? encode(
            name,
            order.map((column) => String(last[column])),
          )
        : null,
  }
}

const encode = (name: string, keys: readonly string[]): string => Buffer.from(JSON.stringify([name, ...keys])).toString('base64url')

const decode = (cursor: string, name: string, length: number): string[] | undefined => {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    const isOurs =
      Array.isArray(parts) && parts.length === length + 1 && parts[0] === name && parts.every((part) => typeof part === 'string')
    return isOurs ? (parts.slice(1) as string[]) : undefined
  } catch {
    return undefined
  }
}
