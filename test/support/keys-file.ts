import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export const allScopes = ['rooms:read', 'rooms:command', 'events:read', 'audit:read', 'admin'] as const

/** Entry of a file of API keys that has the given secret. */
export const keyEntry = (secret: string, scopes: readonly string[], id = secret) => ({
  id,
  sha256: createHash('sha256').update(secret).digest('hex'),
  scopes,
})

/** Writes a file of API keys, with secret → scopes. @returns its path. */
export const writeKeysFile = async (folder: string, scopesBySecret: Readonly<Record<string, readonly string[]>>): Promise<string> => {
  const file = join(folder, `keys-${randomBytes(4).toString('hex')}.json`)
  await writeFile(file, JSON.stringify(Object.entries(scopesBySecret).map(([secret, scopes]) => keyEntry(secret, scopes))))
  return file
}
