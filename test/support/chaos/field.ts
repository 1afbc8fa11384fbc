import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSandbox, type Sandbox } from '../../../apps/sandbox/src/index.js'
import { settingsFor, writeKey } from '../program.js'
import { adminAccount, sdkAppId, secretKey, token } from '../world.js'
import { createRelay, type Relay } from './relay.js'

/** Everything around the instances of the service: a vendor, lines to and from it that are listened to, and a key. */
export interface Field {
  readonly folder: string
  /** Room ids begin with it: a store may hold what earlier runs have left. */
  readonly run: string
  readonly secret: string
  readonly sandbox: Sandbox
  /** From the service to the vendor. */
  readonly vendorCalls: Relay
  /** From the vendor to the service. */
  readonly callbacks: Relay
  /** Where requests and callbacks go, in turn. An instance that is gone is to be taken out, as a load balancer would. */
  readonly instances: string[]
  next(): string
  /** Settings of one instance, which has a folder of its own. */
  env(name: string, eventStoreUrl: string, more?: Readonly<Record<string, string>>): Record<string, string>
  close(): Promise<void>
}

/** @param options.retry how often the vendor sends a callback again that was not acknowledged; the vendor itself never does. */
export const createField = async ({ retry = 0 }: { readonly retry?: number } = {}): Promise<Field> => {
  const folder = await mkdtemp(join(tmpdir(), 'room-ledger-chaos-'))
  const { secret } = await writeKey(folder)
  const instances: string[] = []
  let turn = 0
  const next = (): string => instances[(turn += 1) % instances.length] ?? 'http://127.0.0.1:9'
  const sandbox = createSandbox({ sdkAppId, secretKey, adminAccounts: [adminAccount], createIntervalMs: 0, rateLimit: 10_000 })
  await sandbox.listen(0)
  const vendorCalls = await createRelay(() => sandbox.url)
  const callbacks = await createRelay(next)
  sandbox.setCallback(`${callbacks.url}/callbacks/live`, token)
  await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'PUT', body: JSON.stringify({ callbacks: { retry } }) })
  return {
    folder,
    run: `chaos-${randomBytes(4).toString('hex')}`,
    secret,
    sandbox,
    vendorCalls,
    callbacks,
    instances,
    next,
    env: (name, eventStoreUrl, more) => ({
      ...settingsFor(folder, { sdkAppId, adminAccount, secretKey, token }, vendorCalls.url),
      DATA_DIR: join(folder, name),
      EVENT_STORE_URL: eventStoreUrl,
      // So that what a killed instance leaves is settled soon.
      LIVE_TIMEOUT_MS: '1000',
      CONFIRMATION_TIMEOUT_MS: '2000',
      ...more,
    }),
    close: async () => {
      await sandbox.close()
      await Promise.all([vendorCalls.close(), callbacks.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
