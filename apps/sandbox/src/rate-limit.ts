import { restCommands } from '#live-engine/wire'

/** Counts calls of each API within the last second. */
export interface RateLimit {
  /** Whether one more call may pass now; if so, it is counted. */
  admit(command: string): boolean
}

/** `get_room_list` has a figure of its own (trtc 63405). */
const LIST_PER_SECOND = 10

/** @param perSecond calls of one API a second (vendor: 200) */
export function createRateLimit(now: () => number, perSecond: number): RateLimit {
  const calls = new Map<string, number[]>()
  return {
    admit(command) {
      const limit = command === restCommands.getRoomList ? Math.min(LIST_PER_SECOND, perSecond) : perSecond
      const recent = (calls.get(command) ?? []).filter((at) => at > now() - 1000)
      const admitted = recent.length < limit
      if (admitted) recent.push(now())
      calls.set(command, recent)
      return admitted
    },
  }
}
