import { Problem } from '#platform'
import { asOf, type RoomState, type Standpoint } from '#room'

export const unknownRoom = (roomId: string): Problem =>
  new Problem({ type: 'not-found', detail: `The ledger does not know a room ${JSON.stringify(roomId)}.` })

export const notKnownAt = (roomId: string, { at, knownAt }: Standpoint): Problem =>
  new Problem({
    type: 'room-not-known-at',
    detail:
      `Nothing of the room ${JSON.stringify(roomId)}` +
      (at === undefined ? '' : ` had happened by ${at}`) +
      (at === undefined || knownAt === undefined ? '' : ' that') +
      (knownAt === undefined ? '' : ` was known by ${knownAt}`) +
      (at === undefined ? '.' : ', as far as the ledger knows.'),
  })

/** Why a room has nothing to show; undefined: it has, only it cannot be read yet. */
export const whyNothing = (roomId: string, today: RoomState, standpoint: Standpoint): Problem | undefined => {
  if (!today.life) return unknownRoom(roomId)
  return asOf(today, standpoint).sorted.length === 0 ? notKnownAt(roomId, standpoint) : undefined
}

export const unknownOperation = (operationId: string): Problem =>
  new Problem({ type: 'not-found', detail: `The ledger does not know an operation ${JSON.stringify(operationId)}.` })
