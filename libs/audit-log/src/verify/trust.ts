import { readRotation } from '../notes/rotation.js'
import { readVerifier, type Verifier } from '../notes/verifier.js'

/** The keys that are trusted in a ledger of this origin. */
export type Trust = (origin: string) => readonly Verifier[]

export type ReadTrust = { readonly ok: true; readonly trust: Trust } | { readonly ok: false; readonly why: string }

/**
 * Trust begins with one key, and goes on to those that it, or one that it led to, has vouched for.
 * @param key verifier string or PEM; PEM has no name, so that it is taken for the key of whichever ledger is asked about
 * @param statements notes in which an old key names the new one, in any order; those of other keys are passed over
 */
export const readTrust = (key: string, statements: readonly string[] = [], name?: string): ReadTrust => {
  const isPem = key.trim().startsWith('-----BEGIN')
  // Whether the key can be used at all does not depend on a name.
  const read = readVerifier(key, isPem ? (name ?? 'any') : name)
  if (!read.ok) return read
  return {
    ok: true,
    trust: (origin) => {
      const first = isPem && name === undefined ? readVerifier(key, origin) : read
      return first.ok ? follow(first.verifier, statements) : []
    },
  }
}

const follow = (first: Verifier, statements: readonly string[]): readonly Verifier[] => {
  const trusted = new Map([[first.vkey, first]])
  for (const verifier of trusted.values()) {
    for (const statement of statements) {
      const said = readRotation(statement, verifier)
      // A map goes on to what is added while it is walked through.
      if (said.ok && said.rotation.origin === first.name) trusted.set(said.to.vkey, said.to)
    }
  }
  return [...trusted.values()]
}
