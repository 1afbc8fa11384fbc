import { ProjectionFault } from './fault.js'

/**
 * The state (or an emitted body) as JSON text, as EventStoreDB would write it: it knows no `toJSON`, so a Date is `{}`, as
 * is a boxed number; -0 keeps its sign; BigInt becomes text; half a surrogate pair becomes U+FFFD; NaN and Infinity
 * fault.
 * Functions and symbols fault here, since they would not come back from the text: EventStoreDB faults on symbols, and
 * writes the length and the name of a function.
 */
export const toJson = (what: string, value: unknown): string => {
  const refuse = (found: string, key: string): never => {
    throw new ProjectionFault(`${what} holds ${found}${key === '' ? '' : ` at ${key}`}`)
  }
  return JSON.stringify(value, function (this: Record<string, unknown>, key: string, part: unknown) {
    if (!key.isWellFormed()) refuse('half a surrogate pair', key)
    switch (typeof part) {
      case 'number':
        if (!Number.isFinite(part)) refuse(String(part), key)
        return part === 0 && Object.is(part, -0) ? minusZero : part
      case 'string':
        if (typeof this[key] === 'string') return part.toWellFormed()
        break
      case 'bigint':
        return part.toString()
      case 'function':
      case 'symbol':
        refuse(`a ${typeof part}`, key)
    }
    // What it is itself, before a `toJSON` had its say.
    const own = this[key]
    return typeof own === 'object' && own !== null && isSpecial(own) ? ownProperties(own) : part
  })
}

/** Not yet among TypeScript's types (ES2026). */
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown }
const minusZero = rawJSON('-0')

/** Neither a list nor a plain object: JSON.stringify does not treat all of these by their own properties. */
const isSpecial = (value: object): boolean => {
  if (Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return (prototype !== null && Object.getPrototypeOf(prototype) !== null) || 'toJSON' in value
}

/** Hidden ones too, such as the message of an error; its stack is this engine's own. */
const ownProperties = (value: object): object => {
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(value)).filter(([name]) => name !== 'stack')
  return Object.fromEntries(descriptors.map(([name, { value: own }]) => [name, own as unknown]))
}

/** The text of a state; `null` for the null state, which EventStoreDB does not keep. */
export const stateToJson = (state: unknown): string | null => {
  if (state === null || state === undefined) return null
  if (typeof state === 'string') throw new ProjectionFault('a state that is a bare string does not survive: use an object')
  return toJson('state', state)
}
