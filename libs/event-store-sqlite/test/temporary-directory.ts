import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export const temporaryDirectory = (): string => mkdtempSync(join(tmpdir(), 'room-ledger-sqlite-'))

export const removeDirectory = (path: string): void => rmSync(path, { recursive: true, force: true })

/** A directory that goes when the test is over. */
export const directoryForTest = (): string => {
  const path = temporaryDirectory()
  onTestFinished(() => removeDirectory(path))
  return path
}
