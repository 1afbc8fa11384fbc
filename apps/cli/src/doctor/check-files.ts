import { createPrivateKey } from 'node:crypto'
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { openApiKeys, type Settings } from '#platform'
import { mend, ok, skip, type Finding } from './finding.js'

/** @returns why nothing can be written in the folder, or made where there is none yet; undefined when it can */
export const whyNotWritable = (folder: string): string | undefined => {
  let there = resolve(folder)
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there)
  try {
    if (!statSync(there).isDirectory()) return `${there} is no folder`
    accessSync(there, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return `nothing can be written in ${there} (${codeOf(error)})`
  }
}

export const checkDataDir = ({ dataDir }: Pick<Settings, 'dataDir'>): Finding => {
  const flaw = whyNotWritable(dataDir)
  if (flaw !== undefined) return mend('data folder', `DATA_DIR: ${flaw}: let the user of the service write there`)
  return ok('data folder', existsSync(dataDir) ? `${dataDir} can be written` : `${dataDir} is made at the first start`)
}

/** @param made the file is one that the start makes */
export const checkApiKeys = ({ apiKeysFile }: Pick<Settings, 'apiKeysFile'>, made: boolean): Finding => {
  if (apiKeysFile === undefined) return skip('API keys', 'API_KEYS_FILE is not set: only tokens of OIDC_ISSUER open the service')
  if (made && !existsSync(apiKeysFile)) return ok('API keys', 'a key for trying out is made at the start')
  try {
    openApiKeys(apiKeysFile)
    return ok('API keys', `${apiKeysFile} can be used`)
  } catch (error) {
    return mend('API keys', `API_KEYS_FILE: ${(error as Error).message}. See docs/reference/settings.md`)
  }
}

const makeKey = (file: string): string => `openssl genpkey -algorithm ed25519 -out ${file} && chmod 600 ${file}`

/** The key that signs checkpoints: whoever reads it can sign as the ledger. */
export const checkAuditKey = ({ audit, eventStore }: Pick<Settings, 'audit' | 'eventStore'>): Finding => {
  const file = audit.signingKeyFile
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found)
    return eventStore.kind === 'sqlite'
      ? ok('audit key', `there is no ${file} yet; it is made at the first start`)
      : mend('audit key', `AUDIT_SIGNING_KEY_FILE: there is no ${file}, and all instances need the same: ${makeKey(file)}`)
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0)
    return mend('audit key', `AUDIT_SIGNING_KEY_FILE: others can use ${file} (mode ${(found.mode & 0o777).toString(8)}): chmod 600 ${file}`)
  try {
    const key = createPrivateKey(readFileSync(file))
    if (key.asymmetricKeyType === 'ed25519') return ok('audit key', `${file} is an Ed25519 key that its owner alone can read`)
    return mend(
      'audit key',
      `AUDIT_SIGNING_KEY_FILE: ${file} is a key of another kind (${key.asymmetricKeyType}): ${makeKey('ANOTHER_FILE')}`,
    )
  } catch (error) {
    // What the parser says could repeat what it has read.
    const cause = 'syscall' in (error as object) ? codeOf(error) : 'it is no PEM of a private key without a password'
    return mend('audit key', `AUDIT_SIGNING_KEY_FILE: ${file} cannot be read (${cause})`)
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown reason'
