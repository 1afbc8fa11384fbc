import { ProjectionFault } from './fault.js'

/**
 * The state (or an emitted body) as JSON text, as EventStoreDB would keep it: BigInt as text; NaN and Infinity fault.
 * Functions and symbols fault here, since they would not come back from the text.
 */
export const toJson = (what: string, value: unknown): string =>
  JSON.stringify(value, (key, part: unknown) => {
    if (typeof part === 'number' && !Number.isFinite(part)) throw new ProjectionFault(`${what} holds ${part}${at(key)}`)
    if (typeof part === 'function' || typeof part === 'symbol') throw new ProjectionFault(`${what} holds a ${typeof part}${at(key)}`)
    return typeof part === 'bigint' ? part.toString() : part
  })

const at = (key: string): string => (key === '' ? '' : ` at ${key}`)

/** The text of a state; `null` for the null state, which EventStoreDB does not keep. */
export const stateToJson = (state: unknown): string | null => {
  if (state === null || state === undefined) return null
  if (typeof state === 'string') throw new ProjectionFault('a state that is a bare string does not survive: use an object')
  return toJson('state', state)
}
