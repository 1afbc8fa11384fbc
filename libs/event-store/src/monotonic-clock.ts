/** A clock for one process: its readings may repeat, but never fall. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number
  /** RFC 3339 UTC with milliseconds, e.g. `2026-03-26T17:29:16.000Z`. */
  timestamp(): string
}

/**
 * A clock that never says less than before, so that what is recorded later never carries an earlier `recordedAt`. When the
 * wall clock is set back it goes on at half the pace until that has caught up: what waits for some time to pass waits
 * twice as long, and not for hours.
 *
 * @param wallClock Unix milliseconds; a test gives its own.
 * @param steadyClock milliseconds since whenever; nobody can set it
 */
export const createClock = (wallClock: () => number = Date.now, steadyClock: () => number = () => performance.now()): Clock => {
  let latest = Number.NEGATIVE_INFINITY
  let read = 0
  const now = (): number => {
    const steady = steadyClock()
    latest = Math.max(wallClock(), latest + (steady - read) / 2)
    read = steady
    return Math.floor(latest)
  }
  return { now, timestamp: () => new Date(now()).toISOString() }
}
