import { projectionDefinitions } from '#projections'
import { openProjections, type OpenedProjections } from './open-projections.js'
import { CommandRefused } from './refused.js'
import { jsonOf, oneLine, tableOf } from './report.js'
import { whereIsLedger } from './where.js'

export interface StatusOptions {
  readonly json?: boolean
}

const names = projectionDefinitions.map(({ name }) => name)

/** Prints the names of the projections that this version has; asks no store. */
export const listProjections = (): void => void process.stdout.write(`${names.join('\n')}\n`)

/** Ends with exit code 0 when all run, 1 when one is faulted or stopped, or nothing could be learned. */
export const showStatus = ({ json = false }: StatusOptions): Promise<void> =>
  withProjections(async (projections) => {
    const states = await projections.status()
    process.stdout.write(json ? jsonOf(states) : tableOf(states))
    return states.every(({ status }) => status === 'Running')
  })

/** Resolves when the projection has read the log from the beginning, however long that takes. */
export const rebuildProjection = (name: string): Promise<void> =>
  withProjections(
    async (projections) => {
      const where = projections.engine === 'sqlite' ? 'here' : 'at the server'
      process.stdout.write(`Rebuilding ${name} ${where}: what it wrote before is gone, and the log is read from the beginning.\n`)
      const began = performance.now()
      await projections.rebuild(name)
      process.stdout.write(`Done: ${name} has caught up with the log, after ${((performance.now() - began) / 1000).toFixed(1)} s.\n`)
      return true
    },
    () => {
      if (!names.includes(name)) throw new CommandRefused(`There is no projection "${oneLine(name)}". There are: ${names.join(', ')}`)
    },
  )

/** @param work tells whether all is well */
const withProjections = async (
  work: (projections: OpenedProjections) => Promise<boolean>,
  check = () => undefined as void,
): Promise<void> => {
  try {
    check()
    const projections = await openProjections(whereIsLedger(process.env, '.env'), (message) => process.stderr.write(`${message}\n`))
    try {
      process.exitCode = (await work(projections)) ? 0 : 1
    } finally {
      await projections.close()
    }
  } catch (error) {
    process.stderr.write(`${(error as Error).message.split('\n').map(oneLine).join('\n')}\n`)
    process.exitCode = 1
  }
}
