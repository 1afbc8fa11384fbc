import { loadSettings, namesVendor, SettingsError, withEnvFile, type Environment, type Settings } from '#platform'
import { loadFilledIn } from '../serve/sandbox-mode.js'
import { mend, ok, type Finding } from './finding.js'

export interface CheckedSettings {
  readonly findings: readonly Finding[]
  /** Undefined when they cannot be used. */
  readonly settings?: Settings
  /** No vendor is set: the service would bring its own sandbox. */
  readonly inSandbox: boolean
  /** It would make an API key for trying out too. */
  readonly makesKey: boolean
}

/** Reads them as the service would: each variable that is missing or unusable is a finding. */
export const checkSettings = (environment: Environment, envFile: string): CheckedSettings => {
  let inSandbox = false
  let makesKey = false
  try {
    const env = withEnvFile(environment, envFile)
    inSandbox = !namesVendor(env)
    makesKey = inSandbox && !env['API_KEYS_FILE']
    const settings = inSandbox ? loadFilledIn(env) : loadSettings(env)
    const says = inSandbox
      ? 'can be used; no LIVE_BASE_URL is set, so a sandbox of the vendor is started beside the service'
      : 'can be used'
    return { findings: [ok('settings', says)], settings, inSandbox, makesKey }
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return { findings: error.problems.map(({ variable, message }) => mend('settings', `${variable} ${message}`)), inSandbox, makesKey }
  }
}
