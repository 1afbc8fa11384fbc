import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

/**
 * Makes the Ed25519 key (PKCS#8) that checkpoints are signed with, readable by its owner alone; one that is there stays.
 * All instances of the service sign with the same key, so it is made before the first of them starts.
 *
 *   node deploy/make-audit-key.mjs FILE
 */
const file = process.argv[2]
if (file === undefined) throw new Error('usage: node make-audit-key.mjs FILE')

const whole = `${file}.${process.pid}`
const { privateKey } = generateKeyPairSync('ed25519')
writeFileSync(whole, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
try {
  // Whoever comes second finds the first one's key, and nobody finds half a key.
  linkSync(whole, file)
  process.stdout.write(`made ${file}\n`)
} catch (error) {
  if (error.code !== 'EEXIST') throw error
  if (createPrivateKey(readFileSync(file)).asymmetricKeyType !== 'ed25519')
    throw new Error(`${file} is there, but holds no Ed25519 key`, { cause: error })
  process.stdout.write(`${file} is there already\n`)
} finally {
  rmSync(whole)
}
