export type BreakerState = 'closed' | 'open' | 'probing'

/**
 * Whether the vendor can be reached at all, as the calls show it. One for the whole vendor: what it guards against, a lost
 * line or a host that hangs, strikes all APIs alike.
 */
export interface Breaker {
  readonly state: () => BreakerState
  /** The vendor said something, whatever it was. */
  readonly heard: () => void
  /** The vendor could not be reached, did not answer in time, or a gateway answered in its place. @param probe it was the probe's. */
  readonly missed: (probe?: boolean) => void
  /** True for the one who shall find out, by a single call, whether the vendor is back: the pause is over, nobody else is at it. */
  readonly claimProbe: () => boolean
  /** Milliseconds after which it is worth asking again; 0 while it is closed. */
  readonly retryAfterMs: () => number
}

/** So many calls in a row without an answer, and the vendor counts as away. */
export const missesToOpen = 10
const firstPauseMs = 1000
const longestPauseMs = 5000

/**
 * Time is taken from the monotonic clock: a clock that is set back must not prolong a pause.
 * @param now milliseconds.
 */
export const createBreaker = (now: () => number = () => performance.now()): Breaker => {
  let misses = 0
  let probing = false
  let pauseMs = firstPauseMs
  let until = 0
  const isOpen = (): boolean => misses >= missesToOpen
  const state = (): BreakerState => (isOpen() ? (probing ? 'probing' : 'open') : 'closed')
  return {
    state,
    heard: () => {
      misses = 0
      probing = false
      pauseMs = firstPauseMs
    },
    missed: (probe = false) => {
      // Calls from before the opening that fail later say nothing new.
      if (isOpen() && !probe) return
      misses += 1
      if (!isOpen()) return
      if (probe) pauseMs = Math.min(longestPauseMs, pauseMs * 2)
      probing = false
      until = now() + pauseMs
    },
    claimProbe: () => {
      if (state() !== 'open' || now() < until) return false
      probing = true
      return true
    },
    retryAfterMs: () => (isOpen() ? Math.max(firstPauseMs, until - now()) : 0),
  }
}
