import { ownershipsOf, type Directory, type Ownership } from '#directory'
import { asOf, type Standpoint } from '#room'
import type { RoomLedger } from '../ledger/room-ledger.js'
import { decodeCursor, encodeCursor } from './cursor.js'

/** Of one page: then it ends, though it may not be full. */
const mostRooms = 200
const mostFacts = 50_000

export interface OwnershipsQuery extends Standpoint {
  readonly limit: number
  readonly cursor?: string | undefined
}

/** [room to go on with, how many of its items have been given]. */
type AsOfCursor = readonly [string, number]
const isCursor = (parts: unknown): parts is AsOfCursor =>
  Array.isArray(parts) && parts.length === 2 && typeof parts[0] === 'string' && Number.isSafeInteger(parts[1]) && parts[1] >= 0

/**
 * What an account owned, seen from another time: each room that may matter is folded from its own stream. By room id, so
 * that pages stay where they are whatever happens between them, and within a room in the order in which it happened.
 */
export const readOwnershipsAsOf = async (directory: Directory, ledger: RoomLedger, account: string, query: OwnershipsQuery) => {
  const { at, knownAt, limit, cursor } = query
  const [from, given]: AsOfCursor = cursor === undefined ? ['', 0] : decodeCursor(cursor, isCursor)
  const roomIds = directory.roomsNaming(account, { at, knownAt, from, limit: mostRooms + 1 })
  const items: Ownership[] = []
  let facts = 0
  for (const [index, roomId] of roomIds.entries()) {
    if (items.length === limit || index === mostRooms || facts >= mostFacts) return { items, nextCursor: encodeCursor(roomId, 0) }
    const { sorted } = asOf(await ledger.load(roomId), query)
    facts += sorted.length
    const start = roomId === from ? given : 0
    const end = start + limit - items.length
    // With a time, what holds then: nothing that happened later is seen, so what has an end had ended.
    const owned = [...ownershipsOf(roomId, sorted)].flatMap(({ account: owner, ...ownership }) =>
      owner === account && (at === undefined || ownership.until === null) ? [ownership] : [],
    )
    const inOrder = owned.toSorted((a, b) => a.life - b.life || compareText(a.since ?? '', b.since ?? ''))
    items.push(...inOrder.slice(start, end))
    if (end < inOrder.length) return { items, nextCursor: encodeCursor(roomId, end) }
  }
  return { items, nextCursor: null }
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
