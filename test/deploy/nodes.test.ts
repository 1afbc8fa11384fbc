import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resolve } from './support/compose.js'
import { root } from './support/compose-model.js'

const { services } = resolve(['cluster'])
const nodes = Object.entries(services).filter(([, { environment }]) => environment['EVENTSTORE_CLUSTER_SIZE'] === '3')
const names = nodes.map(([name]) => name)

it('three nodes, and the certificates are made for exactly them', () => {
  expect(names).toEqual(['node1', 'node2', 'node3'])
  expect(services['certificates']!.environment['NODES']!.split(' ')).toEqual(names)
})

describe.each(nodes)('%s', (name, { environment, mounts, ports, dependsOn }) => {
  it('is known by its name, which its certificate carries, and asks the other two', () => {
    expect(environment).toMatchObject({ EVENTSTORE_NODE_HOST_ADVERTISE_AS: name, EVENTSTORE_REPLICATION_HOST_ADVERTISE_AS: name })
    const others = names.filter((other) => other !== name).map((other) => `${other}:2113`)
    expect(environment['EVENTSTORE_GOSSIP_SEED']!.split(',')).toEqual(others)
    expect(dependsOn).toEqual({ certificates: 'service_completed_successfully' })
  })

  it('speaks TLS only, with its own key and no access to the key of the authority', () => {
    expect(environment).not.toHaveProperty('EVENTSTORE_INSECURE')
    expect(ports).toEqual([])
    expect(mounts).toEqual([
      { type: 'volume', source: `${name}-data`, target: '/var/lib/eventstore', readOnly: false },
      { type: 'volume', source: `${name}-certificate`, target: '/certificate', readOnly: true },
      { type: 'volume', source: 'trusted', target: '/trusted', readOnly: true },
    ])
    for (const variable of ['EVENTSTORE_CERTIFICATE_FILE', 'EVENTSTORE_CERTIFICATE_PRIVATE_KEY_FILE'])
      expect(environment[variable]).toMatch(/^\/certificate\/node\.(crt|key)$/)
    expect(environment['EVENTSTORE_TRUSTED_ROOT_CERTIFICATES_PATH']).toBe('/trusted/authorities')
  })

  it('runs the projections that the ledger needs', () => {
    expect(environment).toMatchObject({ EVENTSTORE_RUN_PROJECTIONS: 'All', EVENTSTORE_START_STANDARD_PROJECTIONS: 'false' })
  })
})

it('the single node is insecure on purpose, and alone', () => {
  const { environment, ports } = services['eventstoredb']!
  expect(environment).toMatchObject({ EVENTSTORE_INSECURE: 'true', EVENTSTORE_CLUSTER_SIZE: '1', EVENTSTORE_RUN_PROJECTIONS: 'All' })
  expect(ports).toEqual(['127.0.0.1:2113:2113'])
})

it('the key of the authority is seen by nobody but who makes certificates', () => {
  const seen = Object.entries(services).filter(([, { mounts }]) => mounts.some(({ source }) => source === 'certificate-authority'))
  expect(seen.map(([name]) => name)).toEqual(['certificates'])
})

it('the proxy knows both instances, asks whether they are ready, and repeats no command', () => {
  const text = readFileSync(join(root, 'deploy/cluster/Caddyfile'), 'utf8')
  expect(/reverse_proxy (.*) \{/.exec(text)![1]!.split(' ')).toEqual(['service-a:3000', 'service-b:3000'])
  expect(text).toContain('health_uri /health/ready')
  // Without it only what reads is sent a second time.
  expect(text).not.toContain('lb_retry_match')
  expect(Object.keys(services['proxy']!.dependsOn)).toEqual(['service-a', 'service-b'])
})
