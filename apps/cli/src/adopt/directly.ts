import { join } from 'node:path'
import { namesVendor, type Environment } from '#platform'
import type { Adopter } from './adopter.js'
import { AdoptionRefused } from './refused.js'

/** Another program, which is run in this process but never imported: docs/adr/005. */
const adopterEntry = new URL('../../../service/src/adopter.js', import.meta.url).href
interface AdopterProgram {
  openAdopter(env: Environment, warn: (message: string) => void): Promise<Adopter>
}

/**
 * Opens the store that the settings name.
 * @throws AdoptionRefused
 */
export const adoptDirectly = async (env: Environment, warn: (message: string) => void): Promise<Adopter> => {
  if (!namesVendor(env))
    throw new AdoptionRefused(
      'LIVE_BASE_URL is not set: name the vendor. The sandbox of `npm start` is known to the service alone: let that do it, with\n' +
        `  --service http://127.0.0.1:${env['PORT'] || 3000} --key-file ${join(env['DATA_DIR'] || 'data', 'sandbox-api-key')}`,
    )
  const { openAdopter } = (await import(adopterEntry)) as AdopterProgram
  return openAdopter(env, warn).catch((error: unknown) => {
    const { message } = error as Error
    const inUse = /in use by another process/.test(message)
    const remedy = inUse ? '.\nThe service that has it open can adopt them: name it with --service URL and --key-file FILE.' : ''
    throw new AdoptionRefused(`${message}${remedy}`, { cause: error })
  })
}
