import { readRotation } from '../notes/rotation.js'
import type { Verifier } from '../notes/verifier.js'

/** A statement, and the key that it vouches for. */
export interface Vouched {
  readonly statement: string
  readonly to: Verifier
}

/** Several statements may stand one behind the other, as somebody left them who rotated twice. */
const beginning = /^(?=room-ledger key rotation v1$)/m

/**
 * How one key vouches for the other, perhaps over others between them.
 * @returns undefined where it does not
 */
export const pathBetween = (from: Verifier, to: Verifier, statements: string): readonly Vouched[] | undefined => {
  const notes = statements.split(beginning)
  const path: Vouched[] = []
  let at = from
  while (at.vkey !== to.vkey) {
    const next = notes.map((statement) => ({ statement, read: readRotation(statement, at) })).find(({ read }) => read.ok)
    // A circle leads nowhere.
    if (!next?.read.ok || path.length >= notes.length) return undefined
    path.push({ statement: next.statement, to: next.read.to })
    at = next.read.to
  }
  return path
}
