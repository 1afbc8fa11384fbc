import { namesVendor, SettingsError, withEnvFile } from '#platform'
import { banner } from './banner.js'
import { seedDemo } from './demo.js'
import { enterSandboxMode } from './sandbox-mode.js'

/** The service's entry. It is another program: run in this process, so that signals and exit codes are its own, but never imported. */
const serviceEntry = new URL('../../../service/src/run.js', import.meta.url).href
interface ServiceProgram {
  run(env: Record<string, string | undefined>): Promise<{ url: string }>
}

/** sysexits' EX_CONFIG. */
const badSettings = 78

/**
 * Starts the service. What keeps it from starting is one message on standard error, and an exit code.
 */
export const serve = (): Promise<void> =>
  start().catch((error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exit(error instanceof SettingsError ? badSettings : 1)
  })

/**
 * Without `LIVE_BASE_URL` a stand-in of the vendor is started beside it, and the settings that
 * tell the service where its vendor is are those of the stand-in: the service knows no difference.
 */
const start = async (): Promise<void> => {
  const env = { ...withEnvFile(process.env, '.env') }
  const sandbox = namesVendor(env) ? undefined : await enterSandboxMode(env)
  const { run } = (await import(serviceEntry)) as ServiceProgram
  const { url } = await run(env)
  if (!sandbox) return
  const seeded = await seedDemo({ serviceUrl: url, sandboxUrl: sandbox.url, apiKey: sandbox.apiKey })
  console.log(banner({ serviceUrl: url, ...sandbox, roomId: seeded.roomId }))
}
