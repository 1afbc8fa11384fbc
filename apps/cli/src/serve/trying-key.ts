import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const scopes = ['rooms:read', 'rooms:command', 'events:read', 'audit:read', 'admin']

/**
 * An API key for trying the service out: made on the first start, the same ever after.
 * The secret lies beside the data, readable by its owner alone; only its hash goes into the keys file.
 */
export const makeTryingKey = async (dataDir: string): Promise<{ file: string; secret: string }> => {
  await mkdir(dataDir, { recursive: true })
  const secretFile = join(dataDir, 'sandbox-api-key')
  const secret = await readFile(secretFile, 'utf8').then(
    (text) => text.trim(),
    async () => {
      const made = `try-${randomBytes(18).toString('base64url')}`
      await writeFile(secretFile, `${made}\n`, { mode: 0o600 })
      return made
    },
  )
  const file = join(dataDir, 'sandbox-api-keys.json')
  const keys = [{ id: 'try', sha256: createHash('sha256').update(secret).digest('hex'), scopes, mayActFor: true }]
  await writeFile(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 })
  return { file, secret }
}
