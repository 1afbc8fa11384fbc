import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export type KeyFileRead =
  | { readonly ok: true; readonly privateKey: KeyObject }
  /** `why` goes on after the name of the file, and repeats nothing of what is in it. */
  | { readonly ok: false; readonly problem: 'missing' | 'unreadable' | 'other-kind'; readonly why: string }

/** Reads an Ed25519 private key (PEM, PKCS#8, without a password). */
export const readKeyFile = (file: string): KeyFileRead => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { ok: false, problem: 'missing', why: 'is not there' }
    return { ok: false, problem: 'unreadable', why: `cannot be read (${code})` }
  }
  try {
    const privateKey = createPrivateKey(text)
    if (privateKey.asymmetricKeyType === 'ed25519') return { ok: true, privateKey }
    return { ok: false, problem: 'other-kind', why: `holds a key of another kind (${privateKey.asymmetricKeyType}), not Ed25519` }
  } catch {
    // What the parser says could repeat what it has read.
    return { ok: false, problem: 'unreadable', why: 'cannot be read: it is no PEM of a private key without a password' }
  }
}

/**
 * Makes a key in a file that only its owner can read.
 * @throws Error when the file is there already, or cannot be written
 */
export const makeKeyFile = (file: string): KeyObject => {
  const { privateKey } = generateKeyPairSync('ed25519')
  mkdirSync(dirname(file), { recursive: true })
  // Whole under another name first: a crash leaves no half of a key, and nobody's key is written over.
  const draft = `${file}.${process.pid}.new`
  writeFileSync(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flush: true })
  try {
    linkSync(draft, file)
  } finally {
    rmSync(draft)
  }
  return privateKey
}

/** Where the statement of the key before lies while it has not been adopted yet. */
export const rotationFileOf = (keyFile: string): string => `${keyFile}.rotation`
