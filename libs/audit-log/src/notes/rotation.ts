import { createPublicKey } from 'node:crypto'
import { openNote, signNote, type Signer } from './note.js'
import { readVerifier, vkeyOf, type Verifier } from './verifier.js'

/** The first line: no checkpoint begins so and goes on like one, so neither can be taken for the other. */
const heading = 'room-ledger key rotation v1'

export interface Rotation {
  readonly origin: string
  /** Verifier string of the key that was used until now. */
  readonly from: string
  /** Verifier string of the key that is used from now on. */
  readonly to: string
  /** RFC 3339 UTC with milliseconds. */
  readonly at: string
}

export type ReadRotation =
  | { readonly ok: true; readonly rotation: Rotation; readonly to: Verifier }
  /** `other-key`: the statement is not about the key given. */
  | { readonly ok: false; readonly problem: 'malformed' | 'bad-signature' | 'no-known-key' | 'other-key' }

/**
 * The old key vouches for the new one: a signed note that names both.
 *
 * @param old the key that `from` names
 * @throws TypeError when it is another, or a field cannot be in a statement
 */
export const rotationStatement = (rotation: Rotation, old: Signer): string => {
  const body = bodyOf(rotation)
  if (!parse(body)) throw new TypeError('no statement of rotation can be made of this')
  if (vkeyOf(old.name, createPublicKey(old.privateKey)) !== rotation.from) throw new TypeError('a rotation is signed by the key it is from')
  return signNote(body, old)
}

/** Reads a statement that the old key must have signed, and gives the new key. */
export const readRotation = (note: string, old: Verifier): ReadRotation => {
  const opened = openNote(note, [old])
  if (!opened.ok) return { ok: false, problem: opened.problem }
  const rotation = parse(opened.body)
  const to = rotation && readVerifier(rotation.to)
  if (!rotation || !to?.ok) return { ok: false, problem: 'malformed' }
  return rotation.from === old.vkey ? { ok: true, rotation, to: to.verifier } : { ok: false, problem: 'other-key' }
}

const bodyOf = ({ origin, from, to, at }: Rotation): string => `${[heading, origin, from, to, at].join('\n')}\n`

const parse = (body: string): Rotation | undefined => {
  const [first, origin, from, to, at, end, ...more] = body.split('\n')
  if (first !== heading || !origin || !from || !to || !at || end !== '' || more.length > 0) return undefined
  const sound = readVerifier(from).ok && readVerifier(to).ok && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(at)
  return sound ? { origin, from, to, at } : undefined
}
