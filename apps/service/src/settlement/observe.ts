import type { LiveEngine, VendorFailure } from '#live-engine'
import type { Observation } from '#room'
import { deriveId } from '../ledger/envelope.js'

const roomAbsent = 100004

/** What the vendor showed, or how it failed to give a clear answer. */
export type Look =
  | { readonly observation: Observation; readonly failure?: undefined }
  | { readonly observation?: undefined; readonly failure: VendorFailure }

/**
 * Asks the vendor how a room is.
 * @param observedAt when it is asked; RFC 3339.
 */
export const observe = async (live: LiveEngine, roomId: string, observedAt: string, operationId?: string): Promise<Look> => {
  const answer = await live.getRoomInfo({ roomId })
  const eventId = (name: string): string => deriveId('observation', roomId, observedAt, operationId ?? '', name)
  const base = { roomId, observedAt, eventId, ...(operationId !== undefined && { operationId }) }
  if (answer.outcome === 'ok') {
    const { owner, info } = answer.room
    return { observation: { ...base, exists: true, ...(owner !== undefined && { owner }), info } }
  }
  if (answer.outcome === 'refused' && answer.vendor.errorCode === roomAbsent) return { observation: { ...base, exists: false } }
  return { failure: answer }
}
