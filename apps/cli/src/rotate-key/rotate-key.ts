import { rotateKeyFile } from '#audit-log'
import { loadSettings, namesVendor, withEnvFile } from '#platform'
import { loadFilledIn } from '../serve/sandbox-mode.js'

export interface RotateKeyOptions {
  readonly key?: string
  readonly removeOld?: boolean
}

/** The command: asks no store, so it may run beside the service, which goes on with the old key until it is started again. */
export const rotateKey = ({ key, removeOld = false }: RotateKeyOptions): void => {
  try {
    const env = withEnvFile(process.env, '.env')
    const { audit, ledgerOrigin } = namesVendor(env) ? loadSettings(env) : loadFilledIn(env)
    const file = key ?? audit.signingKeyFile
    const rotated = rotateKeyFile({ file, origin: ledgerOrigin, at: new Date().toISOString(), removeOld })
    if (!rotated.ok) throw new Error(`${key === undefined ? 'AUDIT_SIGNING_KEY_FILE: ' : ''}${rotated.why}`)
    const { from, to, rotationFile, oldPublicFile, oldPrivateFile } = rotated
    process.stdout.write(
      [
        `new key      ${file}  ${to.vkey}`,
        `old key      ${from.vkey}`,
        `statement    ${rotationFile}: must lie beside the new key when the service starts`,
        `old public   ${oldPublicFile}`,
        oldPrivateFile === undefined
          ? 'The old private key is gone.'
          : `old private  ${oldPrivateFile}: remove it once every instance runs with the new key`,
        'Start the service again, every instance of it: it adopts the new key and tells of it at GET /v1/audit/public-keys.',
        '',
      ].join('\n'),
    )
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exitCode = 1
  }
}
