import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { SettingsError } from './settings.js'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The environment, with what it leaves open filled in from a `.env` file. An empty variable counts as unset, here as everywhere.
 * @param file without it, or where there is none, the environment stands alone.
 * @throws SettingsError when the file is there and cannot be read.
 */
export const withEnvFile = (env: Environment, file: string | undefined): Environment => {
  const set = Object.entries(env).filter(([, value]) => value?.trim())
  return { ...(file === undefined ? {} : readEnvFile(file)), ...Object.fromEntries(set) }
}

/** Whether the environment names a vendor. Where it does not, who starts the service may put a stand-in in its place beforehand. */
export const namesVendor = (env: Environment): boolean => Boolean(env['LIVE_BASE_URL']?.trim())

const readEnvFile = (file: string): Environment => {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return {}
    throw new SettingsError([{ variable: file, message: `cannot be read (${code ?? 'unknown reason'})` }])
  }
}
