import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadSettings, namesVendor, redactedSummary, SettingsError, withEnvFile } from '../src/index.js'

const secretKey = 'the-secret-key-of-the-application'
const env = {
  LIVE_BASE_URL: 'https://adminapisgp.im.qcloud.com/',
  LIVE_SDK_APP_ID: '1400000000',
  LIVE_ADMIN_ACCOUNT: 'administrator',
  LIVE_SECRET_KEY: secretKey,
  LIVE_CALLBACK_TOKEN: 'old-token, new-token',
  API_KEYS_FILE: 'keys.json',
}

/** What is complained about; undefined when nothing is. */
const refusal = (variables: Record<string, string | undefined>): SettingsError | undefined => {
  try {
    loadSettings(variables)
    return undefined
  } catch (error) {
    if (error instanceof SettingsError) return error
    throw error
  }
}
/** The variables complained about. */
const complaints = (more: Record<string, string | undefined>): string[] =>
  refusal({ ...env, ...more })?.problems.map(({ variable }) => variable) ?? []

describe('settings', () => {
  it('given the least that is needed, then everything else has the documented default', () => {
    expect(loadSettings(env)).toEqual({
      host: '127.0.0.1',
      port: 3000,
      eventStore: { kind: 'sqlite', path: 'data/room-ledger.db' },
      dataDir: 'data',
      live: {
        baseUrl: 'https://adminapisgp.im.qcloud.com',
        sdkAppId: 1400000000,
        adminAccount: 'administrator',
        secretKey,
        timeoutMs: 5000,
        rateLimit: 200,
        callbackTokens: ['old-token', 'new-token'],
        callbackPathSecret: undefined,
        callbackKeep: [],
        callbackAllowedIps: undefined,
      },
      confirmationTimeoutMs: 30_000,
      apiKeysFile: 'keys.json',
      oidc: undefined,
      requireReason: false,
      audit: { signingKeyFile: 'data/audit-key.pem', checkpointSink: undefined, checkpointIntervalMs: 60_000 },
      corsOrigins: [],
      logLevel: 'info',
      ledgerOrigin: 'room-ledger.local/1400000000',
      reconcileRate: 1,
      keysInQuery: false,
    })
  })

  it('given settings, then nobody can change them', () => {
    const settings = loadSettings({ ...env, LIVE_CALLBACK_ALLOWED_IPS: '10.0.0.0/8' })
    expect(() => Object.assign(settings, { port: 1 })).toThrow(TypeError)
    expect(() => Object.assign(settings.live, { secretKey: '' })).toThrow(TypeError)
    expect(() => (settings.live.callbackTokens as string[]).push('another')).toThrow(TypeError)
  })

  it('given nothing at all, then one error names everything that is missing', () => {
    const message = refusal({})?.message
    for (const name of [
      'LIVE_BASE_URL',
      'LIVE_SDK_APP_ID',
      'LIVE_ADMIN_ACCOUNT',
      'LIVE_SECRET_KEY',
      'LIVE_CALLBACK_TOKEN',
      'API_KEYS_FILE',
    ])
      expect(message).toContain(`\n  ${name} `)
  })

  it('given several bad variables, then all are named at once', () => {
    const more = { PORT: '-1', LOG_LEVEL: 'loud', LIVE_BASE_URL: 'ftp://x', REQUIRE_REASON: 'yes', EVENT_STORE_URL: 'mysql://u:p@h' }
    expect(complaints(more).toSorted()).toEqual(['EVENT_STORE_URL', 'LIVE_BASE_URL', 'LOG_LEVEL', 'PORT', 'REQUIRE_REASON'])
  })

  it.each([
    ['PORT', ['0', '65535'], ['65536', '80.5', '0x50', '1e3', ' - ', 'http']],
    ['LIVE_SDK_APP_ID', ['1', '4294967295'], ['0', '4294967296', 'abc']],
    ['LIVE_TIMEOUT_MS', ['100'], ['99', '60001']],
    ['LIVE_RATE_LIMIT', ['1'], ['0']],
    ['RECONCILE_RATE', ['0', '0.25', '200'], ['-1', '.5', '1.', '1,5', '200.1', '1e2', 'fast']],
    ['CONFIRMATION_TIMEOUT_MS', ['100'], ['0']],
    ['AUDIT_CHECKPOINT_INTERVAL_MS', ['100'], ['soon']],
    ['EVENT_STORE_URL', ['sqlite:/var/lib/x.db', 'sqlite:x'], ['sqlite:', 'sqlite::memory:', 'x.db', 'esdb://', 'http://host:2113']],
    ['LIVE_BASE_URL', ['http://127.0.0.1:3001', 'https://h/prefix'], ['h:80', 'https://user:pw@h', 'https://h?a=b', 'https://h#a']],
    ['LIVE_CALLBACK_UNSIGNED', ['allow'], ['yes', 'true']],
    ['LIVE_CALLBACK_PATH_SECRET', ['aZ09._~-', 'YWJj=='], ['a/b', 'a b', 'a?b', 'x'.repeat(129)]],
    [
      'LIVE_CALLBACK_ALLOWED_IPS',
      ['10.0.0.1', '10.0.0.0/8, 2001:db8::/32', '0.0.0.0/0'],
      ['10.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::1/129', 'host'],
    ],
    ['TRUSTED_PROXIES', ['127.0.0.1', '10.0.0.0/8, fd00::/8'], ['proxy.example.org', 'true', '10.0.0.0/33']],
    ['METRICS_SCOPE', ['admin', 'audit:read'], ['everybody', 'admin, rooms:read', 'Admin']],
    ['DOCS_SCOPE', ['rooms:read'], ['true']],
    ['EVENTS_KEY_IN_QUERY', ['allow'], ['true', 'yes', 'Allow']],
    ['LEDGER_ORIGIN', ['ledger.example.org/rooms'], ['https://ledger.example.org', 'a b', 'a+b']],
    ['CORS_ORIGINS', ['https://a.example, http://localhost:5173'], ['*', 'a.example', 'https://a.example/', 'https://a.example/path']],
    ['AUDIT_CHECKPOINT_SINK', ['/mnt/worm', 'https://worm.example/x'], ['http://worm.example', 's3://bucket']],
    ['LOG_LEVEL', ['fatal', 'trace', 'silent'], ['INFO']],
    ['REQUIRE_REASON', ['true', 'false'], ['1']],
  ])('given %s, then good values pass and bad ones are named', (variable, good, bad) => {
    for (const value of good) expect([value, complaints({ [variable]: value })]).toEqual([value, []])
    for (const value of bad) expect([value, complaints({ [variable]: value })]).toEqual([value, [variable]])
  })

  it('given an empty variable, then it counts as unset', () => {
    expect(loadSettings({ ...env, PORT: '', LOG_LEVEL: '  ' })).toMatchObject({ port: 3000, logLevel: 'info' })
    expect(complaints({ LIVE_SECRET_KEY: ' ' })).toEqual(['LIVE_SECRET_KEY'])
  })

  it('given leave to send keys in the query, then it holds; an empty variable is none', () => {
    expect(loadSettings({ ...env, EVENTS_KEY_IN_QUERY: 'allow' }).keysInQuery).toBe(true)
    expect(loadSettings({ ...env, EVENTS_KEY_IN_QUERY: ' ' }).keysInQuery).toBe(false)
  })

  it('given no callback token, then the service starts only where that was allowed in so many words', () => {
    expect(complaints({ LIVE_CALLBACK_TOKEN: ' , ' })).toEqual(['LIVE_CALLBACK_TOKEN'])
    expect(loadSettings({ ...env, LIVE_CALLBACK_TOKEN: '', LIVE_CALLBACK_UNSIGNED: 'allow' }).live.callbackTokens).toEqual([])
  })

  it('given an issuer of tokens, then no file of API keys is needed, but its audience, and https unless it is on this machine', () => {
    const oidc = { API_KEYS_FILE: undefined, OIDC_ISSUER: 'https://id.example.org/', OIDC_AUDIENCE: 'room-ledger' }
    expect(loadSettings({ ...env, ...oidc }).oidc).toEqual({ issuer: 'https://id.example.org/', audience: 'room-ledger' })
    expect(complaints({ ...oidc, OIDC_AUDIENCE: '' })).toEqual(['OIDC_AUDIENCE'])
    expect(complaints({ ...oidc, OIDC_ISSUER: '' })).toEqual(['OIDC_ISSUER', 'API_KEYS_FILE'])
    expect(complaints({ ...oidc, OIDC_ISSUER: 'http://id.example.org' })).toEqual(['OIDC_ISSUER'])
    expect(complaints({ ...oidc, OIDC_ISSUER: 'http://127.0.0.1:8080' })).toEqual([])
  })

  it('given ranges of addresses, then they hold what lies in them, in either notation', () => {
    const allowed = loadSettings({ ...env, LIVE_CALLBACK_ALLOWED_IPS: '10.1.0.0/16,203.0.113.7,2001:db8::/32' }).live.callbackAllowedIps!
    expect(['10.1.2.3', '203.0.113.7', '10.2.0.1', '203.0.113.8'].map((ip) => allowed.check(ip, 'ipv4'))).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect(['2001:db8::1', '::ffff:10.1.2.3', '::1'].map((ip) => allowed.check(ip, 'ipv6'))).toEqual([true, true, false])
  })

  it('given EventStoreDB, then the signing key, which all instances share, must be named', () => {
    const url = 'esdb+discover://admin:changeit@host:2113'
    expect(complaints({ EVENT_STORE_URL: url })).toEqual(['AUDIT_SIGNING_KEY_FILE'])
    const { eventStore } = loadSettings({ ...env, EVENT_STORE_URL: url, AUDIT_SIGNING_KEY_FILE: 'key.pem' })
    expect(eventStore).toEqual({ kind: 'eventstoredb', connectionString: url })
  })

  it('given secrets in any variable, then neither the error nor the summary repeats them', () => {
    const secret = 'hunter2-hunter2'
    const names = ['EVENT_STORE_URL', 'LIVE_BASE_URL', 'LIVE_SDK_APP_ID', 'LIVE_CALLBACK_UNSIGNED', 'LIVE_CALLBACK_ALLOWED_IPS', 'PORT']
    const more = ['LIVE_CALLBACK_PATH_SECRET', 'LEDGER_ORIGIN', 'CORS_ORIGINS', 'LOG_LEVEL', 'OIDC_ISSUER', 'AUDIT_CHECKPOINT_SINK']
    const refused = refusal({ ...env, ...Object.fromEntries([...names, ...more].map((name) => [name, `esdb://${secret}/ +`])) })
    expect(refused?.problems.length).toBeGreaterThanOrEqual(names.length + more.length)
    expect(refused?.message).not.toContain(secret)
    const summary = redactedSummary(
      loadSettings({
        ...env,
        EVENT_STORE_URL: `esdb://admin:${secret}@one:2113,two:2113?tls=true&userKeyFile=${secret}`,
        AUDIT_SIGNING_KEY_FILE: '/run/secrets/audit-key.pem',
        LIVE_CALLBACK_PATH_SECRET: secret,
        LIVE_CALLBACK_TOKEN: secret,
        AUDIT_CHECKPOINT_SINK: `https://ledger:${secret}@worm.example/${secret}`,
      }),
    )
    const text = JSON.stringify(summary)
    expect(text).not.toContain(secret)
    expect(text).not.toContain(secretKey)
    expect(summary).toMatchObject({
      port: 3000,
      eventStore: 'esdb://one:2113,two:2113',
      callbacks: { signed: true, tokens: 1, pathSecret: true },
      vendor: { sdkAppId: 1400000000 },
    })
  })
})

describe('a .env file', () => {
  let folder: string
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'room-ledger-env-'))))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('given a file, then it fills in what the environment leaves open, and the environment wins', () => {
    const envFile = join(folder, 'full.env')
    writeFileSync(envFile, '# comment\nPORT=4000\nLOG_LEVEL="debug"\nHOST=0.0.0.0\n')
    expect(loadSettings({ ...env, PORT: '5000', LOG_LEVEL: '' }, { envFile })).toMatchObject({
      port: 5000,
      logLevel: 'debug',
      host: '0.0.0.0',
    })
    expect(namesVendor(withEnvFile({}, envFile))).toBe(false)
    expect(namesVendor(withEnvFile({ LIVE_BASE_URL: 'https://x' }, envFile))).toBe(true)
  })

  it('given no such file, then the environment stands alone; one that cannot be read is an error', () => {
    expect(loadSettings(env, { envFile: join(folder, 'none.env') }).port).toBe(3000)
    expect(() => loadSettings(env, { envFile: folder })).toThrow(SettingsError)
  })
})
