import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { it } from 'vitest'

const isHere = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/**
 * Defines tests that need programs of the machine. Where one is missing they are not there and a line says so; but in CI,
 * where `.ci/run` has installed what it could, that is a failure.
 */
export const needing = (programs: readonly string[], what: string, define: () => void): void => {
  const missing = programs.filter((program) => !isHere(program)).join(' and no ')
  if (missing === '') return define()
  if (!process.env['CI']) return console.log(`NOT RUN: ${what}: there is no ${missing} on this machine.`)
  it(`${what}: needs what is missing here`, () => {
    throw new Error(`There is no ${missing} on this machine. .ci/run installs it with apt where it may; else install it by hand.`)
  })
}
