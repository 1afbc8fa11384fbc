import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { composeCommand, resolve, resolveByCompose, resolveByReading, sayWhoJudged } from './support/compose.js'
import { root, type Mount } from './support/compose-model.js'

sayWhoJudged()
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }

describe.each([
  ['docker compose up', []],
  ['docker compose --profile cluster up', ['cluster']],
])('%s', (_, profiles) => {
  const model = resolve(profiles)
  const each = Object.entries(model.services)
  const lasting = each.filter(([, { restart }]) => restart !== undefined)

  if (composeCommand)
    it('given docker compose, then reading the file comes to the same: what is asserted below holds without it too', () => {
      const read = resolveByReading(profiles)
      // Reading knows all volumes of the file, compose those of the profiles.
      expect({ ...resolveByCompose(profiles), volumes: read.volumes }).toEqual(read)
    })

  it.each(each)('%s: the image is pinned by an exact tag', (_name, { image, built }) => {
    const tag = /:([^/:]+)$/.exec(image)?.[1]
    expect(tag).toMatch(/^v?\d+\.\d+\.\d+/)
    expect(image).toMatch(built ? `room-ledger:${version}` : /^(?!room-ledger:)/)
  })

  it.each(lasting)('%s: lasts, has a health check, and whoever waits for it waits for that', (name, { healthcheck, restart }) => {
    expect(restart).toBe('unless-stopped')
    expect(healthcheck?.[0]).toBe('CMD')
    const conditions = each.flatMap(([, { dependsOn }]) => dependsOn[name] ?? [])
    expect(conditions.filter((condition) => condition !== 'service_healthy')).toEqual([])
  })

  it('what does not last does one job before others start', () => {
    for (const [name] of each.filter(([, { restart }]) => restart === undefined)) {
      const conditions = each.flatMap(([, { dependsOn }]) => dependsOn[name] ?? [])
      expect(new Set(conditions)).toEqual(new Set(['service_completed_successfully']))
    }
  })

  it.each(each)('%s: whom it waits for is there too', (_name, { dependsOn }) => {
    expect(Object.keys(dependsOn).filter((name) => !(name in model.services))).toEqual([])
  })

  it.each(each.filter(([, { built }]) => built))('%s: an ordinary user on a file system that cannot be written', (_name, service) => {
    expect(service.user).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    expect(service).toMatchObject({
      readOnly: true,
      tmpfs: ['/tmp'],
      capDrop: ['ALL'],
      capAdd: [],
      securityOpt: ['no-new-privileges:true'],
    })
    expect(service.mounts.filter(({ type }) => type === 'bind')).toEqual([])
  })

  it.each(each)('%s: gains no privileges, and its ports are open to this machine alone', (_name, { securityOpt, ports }) => {
    expect(securityOpt).toContain('no-new-privileges:true')
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  it.each(each)('%s: what is mounted is there', (_name, { mounts }) => {
    const isThere = ({ type, source }: Mount): boolean =>
      type === 'volume' ? model.volumes.includes(source) : relative(root, source).startsWith('deploy/') && existsSync(source)
    expect(mounts.filter((mount) => !isThere(mount))).toEqual([])
  })

  it('no two publish the same port, and a volume has one writer at the most', () => {
    const published = each.flatMap(([, { ports }]) => ports.map((port) => port.split(':')[1]))
    expect(published).toEqual([...new Set(published)])
    const written = each.flatMap(([, { mounts }]) => mounts.filter(({ readOnly }) => !readOnly).map(({ source }) => source))
    expect(written).toEqual([...new Set(written)])
  })
})

describe('the two ways to run it', () => {
  it('share nothing: side by side they do not meet', () => {
    const single = new Set(Object.keys(resolve([]).services))
    const { services } = resolve(['cluster'])
    const own = Object.entries(services).filter(([name]) => !single.has(name))
    const volumes = (some: typeof own): Set<string> =>
      new Set(some.flatMap(([, { mounts }]) => mounts.filter(({ type }) => type === 'volume').map(({ source }) => source)))
    const others = Object.entries(services).filter(([name]) => single.has(name))
    const theirs = volumes(others)
    expect([...volumes(own)].filter((volume) => theirs.has(volume))).toEqual([])
    for (const [, { dependsOn }] of own) expect(Object.keys(dependsOn).filter((name) => single.has(name))).toEqual([])
  })

  it('need no more than what the names at the end of the line bring along', () => {
    const { services } = resolve(['cluster'])
    const withNeeds = (name: string): string[] => [name, ...Object.keys(services[name]?.dependsOn ?? {}).flatMap(withNeeds)]
    const single = Object.keys(resolve([]).services)
    expect(new Set(withNeeds('service'))).toEqual(new Set(single))
    expect(new Set(withNeeds('proxy'))).toEqual(new Set(Object.keys(services).filter((name) => !single.includes(name))))
  })
})
