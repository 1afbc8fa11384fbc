import { readFileSync } from 'node:fs'
import type { Credential } from './credential.js'
import { scopes, type Scope } from './decorators.js'

export interface Key {
  readonly credential: Credential
  readonly sha256: Buffer
}

/** The file of API keys cannot be used; the message names file and entry, never a secret. */
export class KeysFileError extends Error {
  override readonly name = 'KeysFileError'
}

/**
 * Reads a file of API keys, `[{"id", "sha256", "scopes", "mayActFor"?}]`.
 * @throws KeysFileError for the first entry that cannot be used.
 */
export const readKeysFile = (file: string): readonly Key[] => {
  const entries = readJson(file)
  if (!Array.isArray(entries)) throw new KeysFileError(`${file} must hold a JSON array of keys`)
  const keys = entries.map((entry, i) => readKey(entry, `${file}, entry ${i + 1}`))
  keys.forEach(({ credential, sha256 }, i) => {
    const before = keys.slice(0, i)
    if (before.some((key) => key.credential.id === credential.id))
      throw new KeysFileError(`${file}, entry ${i + 1}: the id ${JSON.stringify(credential.id)} comes twice`)
    // Whose deeds would those of that secret be?
    if (before.some((key) => key.sha256.equals(sha256)))
      throw new KeysFileError(`${file}, entry ${i + 1}: its secret belongs to another entry too`)
  })
  return keys
}

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new KeysFileError(`${file} cannot be read as JSON: ${(error as NodeJS.ErrnoException).code ?? 'not well formed'}`)
  }
}

const known = ['id', 'sha256', 'scopes', 'mayActFor']

const readKey = (entry: unknown, where: string): Key => {
  if (typeof entry !== 'object' || entry === null) throw new KeysFileError(`${where} must be an object`)
  const unknown = Object.keys(entry).find((name) => !known.includes(name))
  // A name may be a secret that slipped to the wrong side of the colon.
  if (unknown !== undefined) throw new KeysFileError(`${where} may hold only ${known.join(', ')}`)
  const { id, sha256, scopes: granted, mayActFor = false } = entry as Record<string, unknown>
  if (typeof id !== 'string' || id === '' || Buffer.byteLength(id) > 128 || /\p{Cc}/u.test(id))
    throw new KeysFileError(`${where}: id must be a text of 1 to 128 bytes without control characters`)
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/i.test(sha256))
    throw new KeysFileError(`${where}: sha256 must be the hex SHA-256 of the secret`)
  if (!Array.isArray(granted) || !granted.every((scope): scope is Scope => scopes.includes(scope as Scope)))
    throw new KeysFileError(`${where}: scopes must be a list out of ${scopes.join(', ')}`)
  if (typeof mayActFor !== 'boolean') throw new KeysFileError(`${where}: mayActFor must be true or false`)
  return { credential: { kind: 'apiKey', id, scopes: granted, mayActFor }, sha256: Buffer.from(sha256, 'hex') }
}
