import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { scopes, type Scope } from './decorators.js'

export interface Credential {
  readonly kind: 'apiKey' | 'oidc'
  readonly id: string
  readonly scopes: readonly Scope[]
  /** May name the person behind it. */
  readonly mayActFor: boolean
}

interface Key extends Credential {
  readonly sha256: Buffer
}

export interface ApiKeys {
  /** Compares hashes in constant time, and all of them: neither secret nor place in the file shows. */
  verify(secret: string): Credential | undefined
  /** Reads the file again. @throws KeysFileError, and keeps the keys it had. */
  reload(): void
}

/** The file of API keys cannot be used; the message names file and entry, never a secret. */
export class KeysFileError extends Error {
  override readonly name = 'KeysFileError'
}

/** @throws KeysFileError */
export const openApiKeys = (file: string): ApiKeys => {
  let keys = readKeys(file)
  return {
    reload: () => void (keys = readKeys(file)),
    verify: (secret) => {
      const hash = createHash('sha256').update(secret).digest()
      return keys.reduce<Key | undefined>((found, key) => (timingSafeEqual(hash, key.sha256) ? key : found), undefined)
    },
  }
}

const readKeys = (file: string): readonly Key[] => {
  let entries: unknown
  try {
    entries = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new KeysFileError(`${file} cannot be read as JSON: ${(error as NodeJS.ErrnoException).code ?? 'not well formed'}`)
  }
  if (!Array.isArray(entries)) throw new KeysFileError(`${file} must hold a JSON array of keys`)
  const keys = entries.map((entry, i) => readKey(entry, `${file}, entry ${i + 1}`))
  const double = keys.find(({ id }, i) => keys.findIndex((other) => other.id === id) < i)
  if (double) throw new KeysFileError(`${file}: the id ${JSON.stringify(double.id)} comes twice`)
  return keys
}

const readKey = (entry: unknown, where: string): Key => {
  const { id, sha256, scopes: granted, mayActFor = false } = (entry ?? {}) as Record<string, unknown>
  if (typeof id !== 'string' || id === '' || Buffer.byteLength(id) > 128)
    throw new KeysFileError(`${where}: id must be a text of 1 to 128 bytes`)
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/i.test(sha256))
    throw new KeysFileError(`${where}: sha256 must be the hex SHA-256 of the secret`)
  if (!Array.isArray(granted) || !granted.every((scope): scope is Scope => scopes.includes(scope as Scope)))
    throw new KeysFileError(`${where}: scopes must be a list out of ${scopes.join(', ')}`)
  if (typeof mayActFor !== 'boolean') throw new KeysFileError(`${where}: mayActFor must be true or false`)
  return { kind: 'apiKey', id, scopes: granted, mayActFor, sha256: Buffer.from(sha256, 'hex') }
}
