import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import request from 'supertest'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../apps/sandbox/src/index.js'
import { startService, type RunningService } from '../../apps/service/src/start.js'
import { signCallback } from '#live-engine/wire'
import { openTestStore, type TestStore } from './test-store.js'

export { eventually } from './eventually.js'

export const sdkAppId = 1400000000
export const adminAccount = 'administrator'
export const secretKey = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
export const token = 'a-callback-token'
const scopes = ['rooms:read', 'rooms:command', 'events:read', 'audit:read', 'admin']

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

export interface World {
  readonly folder: string
  readonly sandbox: Sandbox
  readonly store: TestStore
  /** RFC 3339: what is older belongs to others who use the same store. */
  readonly startedAt: string
  readonly url: string
  /** The secret of a key that may do everything, for programs that are no part of the test. */
  readonly secret: string
  /** Requests with that key. */
  api(method: Method, path: string): request.Test
  /** Requests with a key that may only read rooms. */
  reader(method: Method, path: string): request.Test
  /** Requests without a credential. */
  anonymous: ReturnType<typeof request>
  /** Sends a callback as the vendor would. */
  callback(body: object | string, options?: CallbackOptions): request.Test
  /** Stops the service and starts it again on the same store and files. */
  restart(env?: Record<string, string>): Promise<void>
  close(): Promise<void>
}

export interface CallbackOptions {
  readonly command?: string
  readonly query?: Readonly<Record<string, string>>
  readonly path?: string
}

const env = (folder: string, baseUrl: string, more: Record<string, string>): Record<string, string> => ({
  PORT: '0',
  DATA_DIR: folder,
  LIVE_BASE_URL: baseUrl,
  LIVE_SDK_APP_ID: String(sdkAppId),
  LIVE_ADMIN_ACCOUNT: adminAccount,
  LIVE_SECRET_KEY: secretKey,
  LIVE_CALLBACK_TOKEN: token,
  API_KEYS_FILE: join(folder, 'keys.json'),
  LOG_LEVEL: 'fatal',
  // Looks that nobody asked for would tell what a test wants to be missed.
  RECONCILE_RATE: '0',
  ...more,
})

/** Starts the real service on a real store, with the vendor's stand-in beside it. */
export const createWorld = async (more: Record<string, string> = {}, sandboxOptions: SandboxOptions = {}): Promise<World> => {
  const folder = await mkdtemp(join(tmpdir(), 'room-ledger-'))
  const secret = randomBytes(12).toString('hex')
  const weak = randomBytes(12).toString('hex')
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
  const keys = [
    { id: 'all', sha256: hash(secret), scopes, mayActFor: true },
    { id: 'reader', sha256: hash(weak), scopes: ['rooms:read'] },
  ]
  await writeFile(join(folder, 'keys.json'), JSON.stringify(keys))
  const startedAt = new Date().toISOString()
  const store = await openTestStore(folder)
  const sandbox = createSandbox({ sdkAppId, secretKey, adminAccounts: [adminAccount], createIntervalMs: 0, ...sandboxOptions })
  await sandbox.listen(0)
  let service: RunningService

  const start = async (again: Record<string, string> = {}): Promise<void> => {
    service = await startService(env(folder, sandbox.url, { ...store.env, ...more, ...again }))
    const path = more['LIVE_CALLBACK_PATH_SECRET'] ? `/${more['LIVE_CALLBACK_PATH_SECRET']}` : ''
    sandbox.setCallback(`${service.url}/callbacks/live${path}`, token)
  }
  await start()

  return {
    folder,
    sandbox,
    store,
    startedAt,
    secret,
    get url() {
      return service.url
    },
    api: (method, path) => request(service.url)[method](path).set('Authorization', `Bearer ${secret}`),
    reader: (method, path) => request(service.url)[method](path).set('Authorization', `Bearer ${weak}`),
    get anonymous() {
      return request(service.url)
    },
    callback: (body, { command, query = {}, path = '/callbacks/live' } = {}) => {
      const requestTime = String(Math.floor(Date.now() / 1000))
      const named = command ?? (typeof body === 'object' && 'CallbackCommand' in body ? String(body.CallbackCommand) : '')
      const search = new URLSearchParams({
        SdkAppid: String(sdkAppId),
        CallbackCommand: named,
        contenttype: 'json',
        ClientIP: '127.0.0.1',
        OptPlatform: 'Android',
        RequestTime: requestTime,
        Sign: signCallback(token, requestTime),
        ...query,
      })
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      return request(service.url).post(`${path}?${search}`).set('Content-Type', 'application/json').send(text)
    },
    restart: async (again) => {
      await service.stop()
      await start(again)
    },
    close: async () => {
      await service.stop()
      await sandbox.close()
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
