/** What the sandbox can be told from outside. Only main.ts hands the environment in. */
export interface SandboxSettings {
  readonly port: number
  readonly host: string
  readonly sdkAppId: number
  readonly adminAccounts: readonly string[]
  readonly secretKey: string
  readonly callbackUrl?: string
  readonly callbackToken?: string
  readonly stateFile?: string
  /** Only these (and the administrators) may own rooms; unset = every account counts as imported. */
  readonly importedAccounts?: readonly string[]
}

/** Not a secret: printed in the documentation, so that anyone can sign calls to a sandbox. */
export const SANDBOX_SECRET_KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'

/** What a sandbox is that was told nothing. Port 3001, loopback only. */
export const defaultSettings: SandboxSettings = {
  port: 3001,
  host: '127.0.0.1',
  sdkAppId: 1400000000,
  adminAccounts: ['administrator'],
  secretKey: SANDBOX_SECRET_KEY,
}

/**
 * Reads the settings; an empty variable counts as unset.
 * @returns the settings, or one line for each variable that cannot be used. Values are not repeated: one of them is a key.
 */
export function readSettings(env: NodeJS.ProcessEnv): { settings: SandboxSettings } | { problems: string[] } {
  const problems: string[] = []
  const text = (name: string) => env[name]?.trim() || undefined
  const list = (name: string) =>
    text(name)
      ?.split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
  const integer = (name: string, fallback: number, highest: number) => {
    const value = text(name)
    if (value === undefined) return fallback
    if (/^\d{1,15}$/.test(value) && Number(value) <= highest) return Number(value)
    problems.push(`${name} must be a whole number from 0 to ${highest}`)
    return fallback
  }
  const callbackUrl = text('SANDBOX_CALLBACK_URL')
  if (callbackUrl !== undefined && !isHttpUrl(callbackUrl)) problems.push('SANDBOX_CALLBACK_URL must be an http or https address')
  const settings: SandboxSettings = {
    // PORT is for platforms that hand every program its port; a service that forks us has a PORT of its own in the environment.
    port: integer(text('SANDBOX_PORT') === undefined ? 'PORT' : 'SANDBOX_PORT', defaultSettings.port, 65535),
    host: text('HOST') ?? defaultSettings.host,
    sdkAppId: integer('SANDBOX_SDK_APP_ID', defaultSettings.sdkAppId, 4294967295),
    adminAccounts: list('SANDBOX_ADMIN_ACCOUNTS') ?? defaultSettings.adminAccounts,
    secretKey: text('SANDBOX_SECRET_KEY') ?? defaultSettings.secretKey,
    callbackUrl,
    callbackToken: text('SANDBOX_CALLBACK_TOKEN'),
    stateFile: text('SANDBOX_STATE_FILE'),
    importedAccounts: list('SANDBOX_IMPORTED_ACCOUNTS'),
  }
  if (settings.adminAccounts.length === 0) problems.push('SANDBOX_ADMIN_ACCOUNTS must name at least one account')
  return problems.length > 0 ? { problems } : { settings }
}

/** Whether the vendor would take it as a callback address (trtc 74157: http or https). */
export function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}
