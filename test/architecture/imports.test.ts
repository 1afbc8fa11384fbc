import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const cruise = async (...paths: string[]): Promise<string> => {
  const run = promisify(execFile)(process.execPath, ['node_modules/.bin/depcruise', '--output-type', 'err', ...paths])
  return run.then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  )
}

describe('who may import whom', () => {
  it('given the code as it stands, when it is cruised, then no rule is broken', { timeout: 60_000 }, async () => {
    expect(await cruise('apps', 'libs')).toContain('no dependency violations found')
  })

  it(
    'given a domain file that reaches for Node and a sandbox file that reaches into the domain, when cruised, then both are named',
    { timeout: 60_000 },
    async () => {
      const planted = [await mkdtemp('libs/room/src/planted-'), await mkdtemp('apps/sandbox/src/planted-')]
      try {
        await writeFile(`${planted[0]}/a.ts`, "import { readFileSync } from 'node:fs'\nexport const a = readFileSync\n")
        await writeFile(`${planted[1]}/b.ts`, "import { foldRoom } from '#room'\nexport const b = foldRoom\n")
        const found = await cruise(...planted)
        expect(found).toContain('room-is-pure')
        expect(found).toContain('sandbox-knows-only-the-wire')
      } finally {
        await Promise.all(planted.map((folder) => rm(folder, { recursive: true })))
      }
    },
  )
})
