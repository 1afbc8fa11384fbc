import { SettingsError, type Environment } from '#platform'
import { startService, type RunningService } from './start.js'

/** sysexits' EX_CONFIG. */
const badSettings = 78
const longestStopMs = 9000

/** Runs the service as a program: exit codes, signals, and one message when it cannot start. */
export const run = async (env: Environment): Promise<RunningService> => {
  const service = await startService(env).catch((error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exit(error instanceof SettingsError ? badSettings : 1)
  })
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    // What hangs at the end must not keep the process: ten seconds are promised.
    setTimeout(() => process.exit(1), longestStopMs).unref()
    void service.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${(error as Error).message}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  process.on('SIGHUP', () => service.reloadKeys())
  return service
}
