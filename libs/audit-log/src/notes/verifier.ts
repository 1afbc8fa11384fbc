import { createPublicKey, hash, type KeyObject } from 'node:crypto'
import { fromBase64 } from '../base64.js'

/** A public key together with its name: what signatures of notes are checked against. */
export interface Verifier {
  readonly name: string
  /** First 4 bytes of SHA-256(name, newline, 0x01, public key), 8 hex digits. */
  readonly keyId: string
  /** `name+keyId+base64(0x01 ‖ public key)`: the verifier as one line of text. */
  readonly vkey: string
  readonly publicKey: KeyObject
}

export type ReadVerifier = { readonly ok: true; readonly verifier: Verifier } | { readonly ok: false; readonly why: string }

/** The C2SP signature type of Ed25519. */
const ed25519 = Buffer.from([1])

/** @throws TypeError when the key is not Ed25519, or the name is empty, or holds white space or a plus */
export const verifierOf = (name: string, publicKey: KeyObject): Verifier => {
  if (!isKeyName(name)) throw new TypeError(`no name for a key: ${JSON.stringify(name)}`)
  if (publicKey.type !== 'public' || publicKey.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 public key')
  const encoded = Buffer.concat([ed25519, Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url')])
  const keyId = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), encoded]), 'hex').slice(0, 8)
  return { name, keyId, vkey: `${name}+${keyId}+${encoded.toString('base64')}`, publicKey }
}

/** The verifier string of a key. Throws as `verifierOf` does. */
export const vkeyOf = (name: string, publicKey: KeyObject): string => verifierOf(name, publicKey).vkey

/**
 * Reads what somebody gives as a public key: a verifier string, or PEM.
 *
 * @param name of the key, needed with PEM, which carries none; a verifier string must then be of that name
 */
export const readVerifier = (text: string, name?: string): ReadVerifier => {
  const trimmed = text.trim()
  const read = trimmed.startsWith('-----BEGIN') ? readPem(trimmed, name) : readVkey(trimmed)
  if (read.ok && name !== undefined && read.verifier.name !== name) return no(`the key is named ${read.verifier.name}, not ${name}`)
  return read
}

const readVkey = (text: string): ReadVerifier => {
  const [, name, keyId, key] = /^([^+]+)\+([\da-f]{8})\+(.+)$/u.exec(text) ?? []
  if (name === undefined || keyId === undefined || key === undefined || !isKeyName(name))
    return no('neither PEM nor a verifier string (name+id+key)')
  const encoded = fromBase64(key)
  if (encoded?.length !== 33 || encoded[0] !== ed25519[0]) return no('the verifier string holds no Ed25519 key')
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: encoded.subarray(1).toString('base64url') }, format: 'jwk' })
  const verifier = verifierOf(name, publicKey)
  return verifier.keyId === keyId ? { ok: true, verifier } : no('the verifier string is damaged: its id is not that of its key')
}

const readPem = (text: string, name: string | undefined): ReadVerifier => {
  if (name === undefined) return no('PEM carries no name of the key')
  if (!isKeyName(name)) return no(`no name for a key: ${JSON.stringify(name)}`)
  if (text.includes('PRIVATE KEY')) return no('this is a private key; give the public one')
  try {
    return { ok: true, verifier: verifierOf(name, createPublicKey(text)) }
  } catch {
    return no('not an Ed25519 public key')
  }
}

/** Not empty, no Unicode space, no plus, no control characters. */
export const isKeyName = (name: string): boolean => /^[^+\s\p{Cc}]+$/u.test(name) && name.isWellFormed()
const no = (why: string): ReadVerifier => ({ ok: false, why })
