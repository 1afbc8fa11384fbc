import { createHash, timingSafeEqual } from 'node:crypto'
import type { Credential } from './credential.js'
import { readKeysFile, type Key } from './keys-file.js'

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
