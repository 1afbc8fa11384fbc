import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { rotationStatement } from '../notes/rotation.js'
import { verifierOf, type Verifier } from '../notes/verifier.js'
import { readKeyFile, rotationFileOf } from './key-file.js'

export interface RotationRequest {
  readonly file: string
  readonly origin: string
  /** RFC 3339 UTC with milliseconds. */
  readonly at: string
  /** The old private key is not kept beside the new one. */
  readonly removeOld: boolean
}

export type Rotated =
  | {
      readonly ok: true
      readonly from: Verifier
      readonly to: Verifier
      /** Where the statement lies. */
      readonly rotationFile: string
      readonly oldPublicFile: string
      /** Undefined when it was removed. */
      readonly oldPrivateFile: string | undefined
    }
  | { readonly ok: false; readonly why: string }

/**
 * Puts a new key in the place of the one in the file, and beside it the statement by which the old one vouches for the
 * new. In this order, so that a crash leaves the old key in its place, or the new one with its statement.
 *
 * @throws Error when nothing can be written there
 */
export const rotateKeyFile = ({ file, origin, at, removeOld }: RotationRequest): Rotated => {
  const read = readKeyFile(file)
  if (!read.ok) return { ok: false, why: `${file} ${read.why}` }
  const old = { name: origin, privateKey: read.privateKey }
  const from = verifierOf(origin, createPublicKey(read.privateKey))
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const to = verifierOf(origin, publicKey)

  const rotationFile = rotationFileOf(file)
  const oldPublicFile = `${file}.${from.keyId}.pub`
  const oldPrivateFile = `${file}.${from.keyId}.old`
  put(oldPublicFile, from.publicKey.export({ type: 'spki', format: 'pem' }).toString(), 0o644)
  if (!removeOld) put(oldPrivateFile, pemOf(read.privateKey), 0o600)
  // What an earlier rotation has left may not have been adopted yet.
  const earlier = existsSync(rotationFile) ? readFileSync(rotationFile, 'utf8') : ''
  put(rotationFile, earlier + rotationStatement({ origin, from: from.vkey, to: to.vkey, at }, old), 0o644)
  put(file, pemOf(privateKey), 0o600)
  return { ok: true, from, to, rotationFile, oldPublicFile, oldPrivateFile: removeOld ? undefined : oldPrivateFile }
}

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()

/** The old file or the new one, also after a crash. */
const put = (path: string, text: string, mode: number): void => {
  const draft = `${path}.${process.pid}.new`
  try {
    writeFileSync(draft, text, { mode })
    const file = openSync(draft, 'r+')
    fsyncSync(file)
    closeSync(file)
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}
