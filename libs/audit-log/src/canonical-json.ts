import { configure } from 'safe-stable-stringify'
import { canonicalDeep } from './canonical-deep.js'

// Sorts names by UTF-16 code units and writes strings and numbers as JSON.stringify does: what RFC 8785 asks for.
const stringify = configure({ circularValue: Error })

/**
 * The one text that RFC 8785 gives a JSON value. A lone surrogate, which that RFC refuses, is written as an escape as
 * JSON.stringify does, since what others put into a store must have a leaf too.
 *
 * @param value JSON as it is parsed, of any depth
 */
export const canonicalJson = (value: unknown): string => {
  try {
    return stringify(value)!
  } catch (error) {
    // Nested too deep for recursion. No store of ours takes such an event, but EventStoreDB does from others.
    if (error instanceof RangeError) return canonicalDeep(value)
    throw error
  }
}
