import { Inject } from '@nestjs/common'
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs'
import type { Projections } from '#projections'
import { isSeenFrom, readOwnerTrail, type OwnerTrailEntry } from '#room'
import { encodePosition } from '../../ledger/position.js'
import { roomStream } from '../../ledger/present.js'
import type { RoomLedger } from '../../ledger/room-ledger.js'
import { FRESHNESS, PROJECTIONS, ROOM_LEDGER } from '../../tokens.js'
import { badCursor, decodeCursor, encodeCursor } from '../cursor.js'
import type { Freshness } from '../freshness.js'
import { whyNothing } from '../not-found.js'
import { ReadOwners } from '../queries.js'

const isCursor = (parts: unknown): parts is readonly [string] => Array.isArray(parts) && parts.length === 1 && typeof parts[0] === 'string'

/** The owner audit trail, out of the projection `owner-trail`. Whole, unless a limit is asked for: a cut trail proves little. */
@QueryHandler(ReadOwners)
export class ReadOwnersHandler implements IQueryHandler<ReadOwners> {
  constructor(
    @Inject(PROJECTIONS) private readonly projections: Projections,
    @Inject(ROOM_LEDGER) private readonly ledger: RoomLedger,
    @Inject(FRESHNESS) private readonly fresh: Freshness,
  ) {}

  async execute({ roomId, params: { minPosition, limit, cursor, ...standpoint } }: ReadOwners) {
    await this.fresh({ emitted: 'ownerTrail', roomId }, minPosition)
    const entries: OwnerTrailEntry[] = []
    for await (const { data } of this.projections.readEmitted(`ownerTrail-${roomId}`)) {
      const entry = data as unknown as OwnerTrailEntry
      if (isSeenFrom(entry, standpoint)) entries.push(entry)
    }
    const problem = entries.length === 0 ? whyNothing(roomId, await this.ledger.load(roomId), standpoint) : undefined
    if (problem) throw problem
    const trail = readOwnerTrail(entries)
    const start = cursor === undefined ? 0 : 1 + trail.items.findIndex(({ eventId }) => eventId === decodeCursor(cursor, isCursor)[0])
    if (cursor !== undefined && start === 0) throw badCursor()
    const end = limit === undefined ? trail.items.length : start + limit
    const items = trail.items
      .slice(start, end)
      .map(({ revision, ...item }) => ({ ...item, position: encodePosition({ stream: roomStream(roomId), revision }) }))
    const nextCursor = end < trail.items.length ? encodeCursor(items.at(-1)!.eventId) : null
    return { items, continuous: trail.continuous, gaps: trail.gaps, nextCursor }
  }
}
