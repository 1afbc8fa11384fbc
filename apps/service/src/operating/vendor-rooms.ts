import { ApiPropertyOptional } from '@nestjs/swagger'
import { IsString, MaxLength } from 'class-validator'
import type { LiveEngine } from '#live-engine'
import { Optional } from '#platform'
import { badCursor } from '../queries/cursor.js'
import { lookProblem } from '../vendor-problem.js'

/** The vendor shows no more at once (tc 1071/76888). */
const mostPerPage = 20

export class VendorRoomsQuery {
  @ApiPropertyOptional({ type: String, description: '`nextCursor` of the page before.' })
  @Optional()
  @IsString()
  @MaxLength(400)
  cursor?: string
}

/**
 * A page of the vendor's public rooms. Its cursors count places in a list that moves meanwhile, so a room can come twice
 * or be missed.
 */
export const listVendorRooms = async (live: LiveEngine, cursor?: string) => {
  const next = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString()
  if (cursor !== undefined && encode(next) !== cursor) throw badCursor()
  const page = await live.getRoomList({ next, count: mostPerPage })
  if (page.outcome !== 'ok') throw lookProblem(page)
  const items = page.rooms.map(({ roomId, owner = null, info, createdAt = null, viewCount = null }) => ({
    roomId,
    owner,
    info,
    createdAt,
    viewCount,
  }))
  return { items, nextCursor: page.next === '' ? null : encode(page.next) }
}

const encode = (next: string): string => Buffer.from(next).toString('base64url')
