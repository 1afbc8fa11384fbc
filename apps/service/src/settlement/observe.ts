import type { LiveEngine } from '#live-engine'
import type { Observation } from '#room'
import { deriveId } from '../ledger/envelope.js'

const roomAbsent = 100004

/**
 * Asks the vendor how a room is.
 * @param observedAt when it is asked; RFC 3339.
 * @returns undefined when the vendor gave no clear answer.
 */
export const observe = async (
  live: LiveEngine,
  roomId: string,
  observedAt: string,
  operationId?: string,
): Promise<Observation | undefined> => {
  const answer = await live.getRoomInfo({ roomId })
  const eventId = (name: string): string => deriveId('observation', roomId, observedAt, operationId ?? '', name)
  const base = { roomId, observedAt, eventId, ...(operationId !== undefined && { operationId }) }
  if (answer.outcome === 'ok' && answer.room)
    return { ...base, exists: true, ...(answer.room.owner !== undefined && { owner: answer.room.owner }), info: answer.room.info }
  if (answer.outcome === 'refused' && answer.vendor.errorCode === roomAbsent) return { ...base, exists: false }
  return undefined
}
