import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadSettings } from '#platform'
import { readSettings } from '../../apps/sandbox/src/settings.js'
import { resolve } from './support/compose.js'
import { root, type ComposeService } from './support/compose-model.js'

const { services } = resolve(['cluster'])
const each = Object.entries(services)
const isSandbox = ({ entrypoint }: ComposeService): boolean => entrypoint?.includes('dist/apps/sandbox/src/main.js') ?? false
const sandboxes = each.filter(([, service]) => isSandbox(service))
const instances = each.filter(([, { built, entrypoint }]) => built && entrypoint === undefined)

/** What the image sets, before compose adds to it. */
const imageEnvironment = Object.fromEntries(
  /^ENV (.*)$/m
    .exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))![1]!
    .split(' ')
    .map((pair) => pair.split('=') as [string, string]),
)
/** The loader reads a variable by its name in quotes, wherever it does. */
const settingsFolder = join(root, 'libs/platform/src/settings')
const loaderText = readdirSync(settingsFolder)
  .map((file) => readFileSync(join(settingsFolder, file), 'utf8'))
  .join('\n')
const knownToTheService = (name: string): boolean => loaderText.includes(`'${name}'`)

it('one instance and a sandbox on the single node, two and another sandbox on the cluster', () => {
  expect(instances.map(([name]) => name).toSorted()).toEqual(['service', 'service-a', 'service-b'])
  expect(sandboxes.map(([name]) => name).toSorted()).toEqual(['cluster-sandbox', 'sandbox'])
})

it('what the image sets is known too', () => {
  expect(Object.keys(imageEnvironment).filter((name) => name !== 'NODE_ENV' && !knownToTheService(name))).toEqual([])
})

describe.each(instances)('%s', (name, { environment, mounts, dependsOn }) => {
  const settings = loadSettings({ ...imageEnvironment, ...environment })
  const mountOf = (path: string) => mounts.find(({ target }) => path === target || path.startsWith(`${target}/`))

  it('given its environment, then the service starts with it, and knows each variable', () => {
    expect(settings).toMatchObject({ host: '0.0.0.0', port: 3000, eventStore: { kind: 'eventstoredb' } })
    expect(Object.keys(environment).filter((variable) => !knownToTheService(variable))).toEqual([])
  })

  it('writes to its own volume, and only reads keys', () => {
    expect(mountOf(settings.dataDir)).toMatchObject({ type: 'volume', readOnly: false })
    expect(mounts.filter(({ readOnly }) => !readOnly)).toHaveLength(1)
    expect(mountOf(settings.audit.signingKeyFile)).toMatchObject({ type: 'volume', readOnly: true })
    expect(mountOf(settings.apiKeysFile!)).toMatchObject({ type: 'file' })
  })

  it('reaches nodes that are there, waits for them, and finds their authority', () => {
    const url = environment['EVENT_STORE_URL']!
    const hosts = /^esdb:\/\/(?:[^@]*@)?([^?]*)/.exec(url)![1]!.split(',')
    for (const host of hosts) expect(dependsOn).toHaveProperty(host.replace(/:2113$/, ''), 'service_healthy')
    const authority = new URLSearchParams(url.split('?')[1]).get('tlsCAFile')
    const tls = hosts.length > 1
    expect(url.includes('tls=true')).toBe(tls)
    expect(authority === null ? undefined : mountOf(authority)?.source).toBe(tls ? 'trusted' : undefined)
  })

  it('and its sandbox mean the same vendor, and find each other', () => {
    const vendor = services[new URL(settings.live.baseUrl).hostname]!
    const read = readSettings(vendor.environment)
    expect(read).toMatchObject({
      settings: {
        port: Number(new URL(settings.live.baseUrl).port),
        host: '0.0.0.0',
        sdkAppId: settings.live.sdkAppId,
        adminAccounts: [settings.live.adminAccount],
        secretKey: settings.live.secretKey,
        callbackToken: settings.live.callbackTokens[0],
      },
    })
    const { hostname, port, pathname } = new URL(vendor.environment['SANDBOX_CALLBACK_URL']!)
    expect({ port, pathname }).toEqual({ port: name === 'service' ? '3000' : '8080', pathname: '/callbacks/live' })
    const answering = hostname === name ? [name] : Object.keys(services[hostname]!.dependsOn)
    expect(answering).toContain(name)
  })
})

it('two instances share the signing key and the API keys, and nothing else', () => {
  const [a, b] = [services['service-a']!, services['service-b']!]
  const shared = a.mounts.filter(({ source }) => b.mounts.some((other) => other.source === source))
  expect(shared.map(({ target }) => target).toSorted()).toEqual(['/keys', '/run/secrets/api-keys.json', '/trusted'])
  expect(shared.every(({ readOnly }) => readOnly)).toBe(true)
  expect(a.environment).toEqual(b.environment)
  // The vendor's 200 calls a second are all that there is.
  expect(2 * loadSettings(a.environment).live.rateLimit).toBe(200)
})

it.each(sandboxes)(
  '%s knows each variable that it is given, keeps its rooms on a volume, and is asked by nobody else',
  (_, { environment, mounts }) => {
    const asked = new Set<string>()
    const env = new Proxy(environment, { get: (target, name) => (asked.add(String(name)), Reflect.get(target, name)) })
    expect(readSettings(env)).not.toHaveProperty('problems')
    expect(Object.keys(environment).filter((name) => !asked.has(name))).toEqual([])
    expect(mounts).toEqual([expect.objectContaining({ type: 'volume', target: '/data', readOnly: false })])
    expect(environment['SANDBOX_STATE_FILE']).toMatch(/^\/data\//)
  },
)

it('the key for trying opens everything, and the how-to that names its secret says what it is', () => {
  const howTo = readFileSync(join(root, 'docs/how-to/run-on-eventstoredb.md'), 'utf8')
  const secret = 'trying-only-never-in-production'
  expect(howTo).toContain(secret)
  const keys = JSON.parse(readFileSync(join(root, 'deploy/trying/api-keys.json'), 'utf8')) as { sha256: string; scopes: string[] }[]
  expect(keys.map(({ sha256 }) => sha256)).toEqual([createHash('sha256').update(secret).digest('hex')])
  expect(keys[0]!.scopes).toHaveLength(5)
})
