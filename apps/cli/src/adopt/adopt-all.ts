import type { Step } from '../migrate/progress.js'
import type { Adopter } from './adopter.js'
import { patiently } from './patiently.js'

export interface Tally {
  readonly adopted: number
  readonly known: number
  readonly absent: readonly string[]
  readonly failed: readonly { readonly roomId: string; readonly reason: string }[]
  /** Rooms that were not come to, since nothing was to be hoped for any more. */
  readonly untried: number
}

const atOnce = 8
/** So many rooms in a row without a clear answer: the vendor is away, and the rest would only take its time to fail. */
const mostUnclear = 8

/** Adopts room by room, several at a time. */
export const adoptAll = async (adopter: Adopter, roomIds: readonly string[], step: Step): Promise<Tally> => {
  const counts = { adopted: 0, known: 0 }
  const absent: string[] = []
  const failed: { roomId: string; reason: string }[] = []
  let next = 0
  let unclear = 0
  let hopeless = false

  const work = async (): Promise<void> => {
    while (next < roomIds.length && !hopeless) {
      const roomId = roomIds[next++]!
      const result = await patiently(() => adopter.adopt(roomId))
      unclear = result.outcome === 'unclear' ? unclear + 1 : 0
      hopeless ||= result.outcome === 'hopeless' || unclear >= mostUnclear
      if ('reason' in result) failed.push({ roomId, reason: result.reason })
      else if (result.outcome === 'absent') absent.push(roomId)
      else counts[result.outcome] += 1
      step.advance()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { ...counts, absent, failed, untried: roomIds.length - next }
}
