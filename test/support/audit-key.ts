import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeKeyFile } from '#audit-log'

/** One ledger for all tests, whatever application each of them is for: the name is part of the key. */
export const originForTests = 'room-ledger.local/tests'

/**
 * A key that signs checkpoints. All tests have the same, since those that share a real server are instances of one ledger;
 * it outlives them, since the server may too.
 */
export const keyForTests = (): string => {
  const file = join(tmpdir(), 'room-ledger-tests-audit-key.pem')
  try {
    if (!existsSync(file)) makeKeyFile(file)
  } catch (error) {
    // Another test was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return file
}
