import type { Turns } from '#event-store'
import { heldProblem } from '../vendor-problem.js'

/** So many commands on one room may wait for each other; a vendor that hangs would keep more of them waiting for minutes. */
const mostWaiting = 100

/** Turns that not everybody may wait for. @throws Problem 429 for who comes when too many wait for the same room. */
export const boundTurns = (inTurn: Turns['inTurn'], most = mostWaiting): Turns['inTurn'] => {
  const waiting = new Map<string, number>()
  return async (roomId, work) => {
    const before = waiting.get(roomId) ?? 0
    if (before >= most) throw heldProblem('busy', 1000)
    waiting.set(roomId, before + 1)
    try {
      return await inTurn(roomId, work)
    } finally {
      const left = waiting.get(roomId)! - 1
      if (left > 0) waiting.set(roomId, left)
      else waiting.delete(roomId)
    }
  }
}
