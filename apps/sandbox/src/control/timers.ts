import { isObject } from '../commands/is-object.js'

/** The three waits of live-engine §6 in ms; null = that rule is off. The vendor's own ranges are not enforced, so that a test need not wait. */
export interface Timers {
  /** Rule 1: somebody had entered, then the room is empty for so long. Vendor: on, 30 minutes. */
  readonly afterNoUsersMs: number | null
  /** Rule 2: the owner left and did not come back. Vendor: off. */
  readonly afterOwnerLeaveMs: number | null
  /** Rule 3: the owner's heartbeat was lost and did not resume. Vendor: off. */
  readonly afterOwnerOfflineMs: number | null
}

export const defaultTimers: Timers = { afterNoUsersMs: 30 * 60_000, afterOwnerLeaveMs: null, afterOwnerOfflineMs: null }

/** Reads the body of `PUT /_sandbox/timers`; what is not named has its default. */
export function readTimers(body: unknown): { timers: Timers } | { errors: Record<string, string> } {
  if (!isObject(body)) return { errors: { body: 'must be a JSON object' } }
  const errors: Record<string, string> = {}
  for (const [name, value] of Object.entries(body)) {
    if (!Object.hasOwn(defaultTimers, name)) errors[name] = 'is not a known timer'
    else if (value !== null && !(Number.isSafeInteger(value) && Number(value) >= 0)) errors[name] = 'must be milliseconds, or null for off'
  }
  return Object.keys(errors).length > 0 ? { errors } : { timers: { ...defaultTimers, ...body } }
}
