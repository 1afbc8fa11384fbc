import { createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { adoptKey, makeKeyFile, readAdoptedKeys, readKeyFile, rotationFileOf, verifierOf, type Verifier } from '#audit-log'
import type { EventStore } from '#event-store'
import { SettingsError, type Settings } from '#platform'

/** What signs the checkpoints. */
export interface Signing {
  readonly privateKey: KeyObject
  readonly verifier: Verifier
}

type Parts = Pick<Settings, 'audit' | 'eventStore' | 'ledgerOrigin'>
type Log = (level: 'info' | 'warn', message: string) => void

/**
 * Reads the key that signs checkpoints, makes one where a ledger begins, and sees to it that it is the ledger's own.
 *
 * @throws SettingsError naming the setting, and never what is in the file
 * @throws StoreUnavailable
 */
export const openSigning = async (settings: Parts, store: EventStore, log: Log): Promise<Signing> => {
  const file = settings.audit.signingKeyFile
  const privateKey = readKey(file) ?? (await makeKey(settings, store, log))
  const verifier = verifierOf(settings.ledgerOrigin, createPublicKey(privateKey))
  warnOfReaders(file, log)
  const adopted = await adoptKey({ store, verifier, statements: readStatements(file), now: () => new Date().toISOString() })
  if (adopted.ok) return { privateKey, verifier }
  const { current, problem } = adopted
  if (current.name !== verifier.name)
    throw refuse('LEDGER_ORIGIN', `is ${verifier.name}, but the checkpoints of this ledger bear the name ${current.name}: set that`)
  const says = `${file} holds another key (${verifier.keyId}) than the one that signs this ledger's checkpoints (${current.keyId})`
  throw refuse(
    keySetting,
    problem === 'other-key'
      ? `${says}: name that one, or let it vouch for the new one (room-ledger rotate-key, docs/how-to/rotate-the-audit-key.md)`
      : `${says}, and ${rotationFileOf(file)} is no statement of that one for this one (docs/how-to/rotate-the-audit-key.md)`,
  )
}

const keySetting = 'AUDIT_SIGNING_KEY_FILE'
const refuse = (variable: string, message: string): SettingsError => new SettingsError([{ variable, message }])

const readKey = (file: string): KeyObject | undefined => {
  const read = readKeyFile(file)
  if (read.ok) return read.privateKey
  if (read.problem === 'missing') return undefined
  throw refuse(keySetting, `${file} ${read.why}`)
}

/** Only where a ledger begins: a key that was lost is not to be replaced by another without a word. */
const makeKey = async ({ audit, eventStore }: Parts, store: EventStore, log: Log): Promise<KeyObject> => {
  const file = audit.signingKeyFile
  const current = (await readAdoptedKeys(store)).at(-1)?.verifier
  if (current)
    throw refuse(
      keySetting,
      `${file} is not there, and the checkpoints of this ledger are signed with the key ${current.keyId}: bring it back`,
    )
  if (eventStore.kind === 'eventstoredb')
    throw refuse(
      keySetting,
      `${file} is not there, and all instances need the same: openssl genpkey -algorithm ed25519 -out ${file} && chmod 600 ${file}`,
    )
  try {
    const key = makeKeyFile(file)
    log('info', `made the key that signs checkpoints: ${file}. Keep a copy of it in a safe place`)
    return key
  } catch (error) {
    throw refuse(keySetting, `${file} cannot be made (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`)
  }
}

const readStatements = (file: string): string | undefined => {
  try {
    return readFileSync(rotationFileOf(file), 'utf8')
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw refuse(keySetting, `${rotationFileOf(file)}, which lies beside it, cannot be read (${code})`)
  }
}

const warnOfReaders = (file: string, log: Log): void => {
  const mode = statSync(file).mode & 0o077
  if (process.platform !== 'win32' && mode !== 0) log('warn', `${keySetting}: others than its owner can use ${file}: chmod 600 ${file}`)
}
