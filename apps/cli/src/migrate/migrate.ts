import { MigrationRefused } from './refused.js'
import { migrateLog, type Migrated } from './migrate-log.js'
import { openStores } from './open-stores.js'
import { createProgress } from './progress.js'
import { readAddress, type StoreAddress } from './store-address.js'

export interface MigrateOptions {
  readonly from: string
  readonly to: string
}

/** The command. Ends with exit code 0 only when both logs were read again and found the same. */
export const migrate = async (options: MigrateOptions): Promise<void> => {
  try {
    const verified = await run(readAddress('--from', options.from), readAddress('--to', options.to))
    process.exitCode = verified ? 0 : 1
  } catch (error) {
    const goOn = error instanceof MigrationRefused ? '' : '\nRun the same command again: it goes on where it stood.'
    process.stderr.write(`${(error as Error).message}${goOn}\n`)
    process.exitCode = 1
  }
}

const run = async (from: StoreAddress, to: StoreAddress): Promise<boolean> => {
  const stores = await openStores(from, to, (message) => process.stderr.write(`${message}\n`))
  try {
    const migrated = await migrateLog(stores.source, stores.target, createProgress(process.stderr))
    process.stdout.write(report(from, to, migrated))
    return migrated.difference === undefined
  } finally {
    await stores.close()
  }
}

const report = (from: StoreAddress, to: StoreAddress, { found, copied, source, target, difference }: Migrated): string => {
  const width = Math.max(from.label.length, to.label.length)
  const line = (name: string, { label }: StoreAddress, digest: typeof source) =>
    `${name}  ${label.padEnd(width)}  ${digest.count} events  sha256 ${digest.sha256}`
  return [
    `${copied} events copied, ${found} were there before.`,
    line('from', from, source),
    line('to  ', to, target),
    difference === undefined
      ? 'Verified: the same events in the same order.'
      : `NOT VERIFIED: the two logs differ. ${difference} Stop whatever writes to either of them, and run the same command again.`,
    '',
  ].join('\n')
}
