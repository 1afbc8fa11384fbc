import type { Environment } from '#platform'
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
  const { openAdopter } = (await import(adopterEntry)) as AdopterProgram
  return openAdopter(env, warn).catch((error: unknown) => {
    const { message } = error as Error
    const inUse = /in use by another process/.test(message)
    const remedy = inUse ? '.\nThe service that has it open can adopt them: name it with --service URL and --key-file FILE.' : ''
    throw new AdoptionRefused(`${message}${remedy}`, { cause: error })
  })
}
