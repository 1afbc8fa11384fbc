/** A clock for one process: its readings may repeat, but never fall. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number
  /** RFC 3339 UTC with milliseconds, e.g. `2026-03-26T17:29:16.000Z`. */
  timestamp(): string
}

/**
 * A clock that stands still while the wall clock is behind what it has already said, so that what is recorded later
 * never carries an earlier `recordedAt`.
 *
 * @param wallClock Unix milliseconds; a test gives its own.
 */
export const createClock = (wallClock: () => number = Date.now): Clock => {
  let latest = Number.NEGATIVE_INFINITY
  const now = (): number => (latest = Math.max(latest, wallClock()))
  return { now, timestamp: () => new Date(now()).toISOString() }
}
