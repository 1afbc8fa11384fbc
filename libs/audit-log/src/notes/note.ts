import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { fromBase64 } from '../base64.js'
import { isKeyName, verifierOf, type Verifier } from './verifier.js'

export interface Signer {
  readonly name: string
  /** Ed25519. */
  readonly privateKey: KeyObject
}

export interface NoteSignature {
  readonly name: string
  /** 8 hex digits. */
  readonly keyId: string
}

export type OpenedNote =
  | { readonly ok: true; readonly body: string; readonly signedBy: readonly Verifier[] }
  /**
   * `malformed`: no signed note. `bad-signature`: the signature of a known key does not fit the text. `no-known-key`: signed,
   * but by none of the verifiers; `signatures` says by whom it claims to be.
   */
  | { readonly ok: false; readonly problem: 'malformed' | 'bad-signature' | 'no-known-key'; readonly signatures: readonly NoteSignature[] }

/** Bytes. No note of a log comes near; what is larger is not looked at. */
const largest = 1_000_000
const mostSignatures = 100

/**
 * Signs a text as C2SP signed-note has it: the text, a blank line, and a line `— name base64(key id ‖ signature)`.
 *
 * @param body ends with a newline, holds no other control characters
 * @throws TypeError when the body or the name of the key cannot be in a note
 */
export const signNote = (body: string, { name, privateKey }: Signer): string => {
  if (!isBody(body)) throw new TypeError('the text of a note ends with a newline and has no other control characters')
  const { keyId } = verifierOf(name, createPublicKey(privateKey))
  const signature = Buffer.concat([Buffer.from(keyId, 'hex'), sign(null, Buffer.from(body), privateKey)])
  return `${body}\n\u2014 ${name} ${signature.toString('base64')}\n`
}

/**
 * Opens a note with the keys that are trusted. Signatures of other keys are passed over; one of a trusted key that does not
 * fit spoils the note.
 */
export const openNote = (text: string, verifiers: readonly Verifier[]): OpenedNote => {
  const parsed = parse(text)
  if (!parsed) return { ok: false, problem: 'malformed', signatures: [] }
  const { body, lines } = parsed
  const signatures = lines.map(({ name, keyId }) => ({ name, keyId }))
  const signedBy: Verifier[] = []
  for (const verifier of verifiers) {
    const own = lines.filter(({ name, keyId }) => name === verifier.name && keyId === verifier.keyId)
    const fits = own.every(({ signature }) => verify(null, Buffer.from(body), verifier.publicKey, signature))
    if (!fits) return { ok: false, problem: 'bad-signature', signatures }
    if (own.length > 0) signedBy.push(verifier)
  }
  return signedBy.length > 0 ? { ok: true, body, signedBy } : { ok: false, problem: 'no-known-key', signatures }
}

interface SignatureLine extends NoteSignature {
  readonly signature: Buffer
}

const parse = (text: string): { body: string; lines: SignatureLine[] } | undefined => {
  // The last blank line divides: a text may hold others.
  const divide = text.lastIndexOf('\n\n')
  if (Buffer.byteLength(text) > largest || divide < 0 || !isBody(text)) return undefined
  const rows = text.slice(divide + 2, -1).split('\n')
  const lines = rows.length > mostSignatures ? [] : rows.map(signatureLine)
  return lines.length > 0 && lines.every((line) => line !== undefined) ? { body: text.slice(0, divide + 1), lines } : undefined
}

const signatureLine = (row: string): SignatureLine | undefined => {
  const [, name, encoded] = /^\u2014 ([^ ]+) ([^ ]+)$/u.exec(row) ?? []
  const bytes = encoded === undefined ? undefined : fromBase64(encoded)
  if (name === undefined || !isKeyName(name) || !bytes || bytes.length < 5) return undefined
  return { name, keyId: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) }
}

const isBody = (text: string): boolean =>
  text.endsWith('\n') && text.isWellFormed() && Buffer.from(text).every((byte) => byte >= 0x20 || byte === 0x0a)
