import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { it } from 'vitest'

/** Where a program of the machine's is; undefined where it has none. */
export const pathOf = (program: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
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
  const missing = programs.filter((program) => pathOf(program) === undefined).join(' and no ')
  if (missing === '') return define()
  if (!process.env['CI']) return console.log(`NOT RUN: ${what}: there is no ${missing} on this machine.`)
  it(`${what}: needs what is missing here`, () => {
    throw new Error(`There is no ${missing} on this machine. .ci/run installs it with apt where it may; else install it by hand.`)
  })
}
