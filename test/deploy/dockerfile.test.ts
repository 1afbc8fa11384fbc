import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './support/compose-model.js'

const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const dockerfile = read('Dockerfile').replace(/\\\n\s*/g, '')
const stages = dockerfile.split(/^(?=FROM )/m).slice(1)
const last = stages.at(-1)!
const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
  'dependencies' | 'devDependencies',
  Record<string, string>
>

describe('the image', () => {
  it('is of the Node that the project is developed with, by its exact tag', () => {
    const from = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image!)
    const named = [...dockerfile.matchAll(/ AS (\w+)$/gm)].map(([, name]) => name!)
    expect(new Set(from.filter((image) => !named.includes(image)))).toEqual(new Set([`node:${devDependencies['node']}-bookworm-slim`]))
  })

  it('holds what was built and what production needs, and nothing of what builds', () => {
    expect(stages.length).toBeGreaterThan(2)
    expect(last).not.toMatch(/npm|COPY \. /)
    expect(stages.find((stage) => stage.includes('AS dependencies'))).toContain('npm ci --omit=dev')
  })

  it('lacks no package that the program imports: what only development has is not in it', () => {
    const imports = globSync('{apps,libs}/*/src/**/*.ts', { cwd: root }).flatMap((file) =>
      [...read(file).matchAll(/^(?:import|export) (?!type )(?:[\w*{][\w\s,{}*$]* from )?'([@\w][\w@/.-]*(?::\w+)?[\w/]*)'$/gm)].map(
        ([, name]) => name!,
      ),
    )
    const packages = new Set(imports.filter((name) => !isBuiltin(name)).map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)![0]))
    expect(packages.size).toBeGreaterThan(10)
    expect([...packages].filter((name) => !(name in dependencies))).toEqual([])
  })

  it('runs as an ordinary user, without a shell in between', () => {
    expect(last).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m)
    for (const word of ['ENTRYPOINT', 'CMD']) {
      const given = new RegExp(`^${word} (.*)$`, 'm').exec(last)![1]!
      expect(JSON.parse(given)).toEqual(expect.arrayContaining([expect.any(String)]))
    }
    expect(last).toMatch(/^HEALTHCHECK .*CMD \["node", .*\/health\/live/m)
  })

  it('copies only what .dockerignore lets through', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, names]) => names!.split(' '))
    expect(copied.filter((name) => !allowed.includes(name))).toEqual([])
    expect(allowed.filter((name) => !copied.includes(name))).toEqual([])
  })
})
