import { createHash, timingSafeEqual } from 'node:crypto'
import { readKeysFile, type Key } from './keys-file.js'
import type { Scope } from './decorators.js'

export interface Credential {
  readonly kind: 'apiKey' | 'oidc'
  readonly id: string
  readonly scopes: readonly Scope[]
  /** May name the person behind it. */
  readonly mayActFor: boolean
}

export interface ApiKeys {
  /** Compares hashes in constant time, and all of them: neither secret nor place in the file shows. */
  verify(secret: string): Credential | undefined
  /** Reads the file again. @throws KeysFileError, and keeps the keys it had. */
  reload(): void
}

/** @throws KeysFileError */
export const openApiKeys = (file: string): ApiKeys => {
  let keys = readKeysFile(file)
  return {
    reload: () => void (keys = readKeysFile(file)),
    verify: (secret) => {
      const hash = createHash('sha256').update(secret).digest()
      return keys.reduce<Key | undefined>((found, key) => (timingSafeEqual(hash, key.sha256) ? key : found), undefined)?.credential
    },
  }
}
