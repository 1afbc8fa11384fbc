import { setTimeout as sleep } from 'node:timers/promises'
import { restCommands } from '../wire/commands.js'
import type { Breaker } from './breaker.js'
import { createRateLimiter, type Permit, type RateLimiter } from './rate-limiter.js'

/** Whether a call may be made: `busy` = the queue of its API is full; `away` = the vendor cannot be reached. */
export type Admission =
  | { readonly permit: Permit; readonly refused?: undefined }
  | { readonly permit?: undefined; readonly refused: 'busy' | 'away'; readonly retryAfterMs: number }

/** The longest that a call may wait for its turn, in milliseconds: later it would be later than its caller's patience. */
export const longestQueueMs = 2000
/** And the longest that one waits to hear whether the vendor is back. */
const longestProbeMs = 2000
/** The vendor's own limit on pages of the list (trtc 63405); on all others that we call it is 200. */
const listPerSecond = 10

export interface AdmissionParts {
  readonly breaker: Breaker
  /** Calls a second and API. */
  readonly rateLimit: number
  readonly cutOff: AbortSignal
  /** Makes one harmless call, and tells the breaker what came of it. */
  readonly probe: () => Promise<void>
}

/** Decides which calls may be made; each API has a queue of its own. */
export const createAdmission = ({ breaker, rateLimit, cutOff, probe }: AdmissionParts) => {
  const limiters = new Map<string, RateLimiter>()
  const limiterOf = (command: string): RateLimiter => {
    const known = limiters.get(command)
    if (known) return known
    const perSecond = command === restCommands.getRoomList ? Math.min(listPerSecond, rateLimit) : rateLimit
    const limiter = createRateLimiter(perSecond, longestQueueMs, cutOff)
    limiters.set(command, limiter)
    return limiter
  }
  const reserve = (command: string, background: boolean): Admission => {
    const reserved = limiterOf(command).reserve(background)
    return reserved.permit ? reserved : { refused: 'busy', retryAfterMs: reserved.retryAfterMs }
  }
  return {
    admit: async (command: string, background: boolean): Promise<Admission> => {
      if (breaker.claimProbe()) await Promise.race([probe(), sleep(longestProbeMs, undefined, { ref: false })])
      if (breaker.state() !== 'closed') return { refused: 'away', retryAfterMs: breaker.retryAfterMs() }
      return reserve(command, background)
    },
    /** For the probe, and for repetitions within a call: whether the vendor is away is not asked. */
    reserve,
    /** Calls of each API that wait for their turn. */
    queues: (): Readonly<Record<string, number>> =>
      Object.fromEntries([...limiters].map(([command, limiter]) => [command, limiter.waiting()])),
  }
}
