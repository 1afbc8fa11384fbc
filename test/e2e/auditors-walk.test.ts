import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startForeign } from '../support/how-to.js'
import { needing } from '../support/needing.js'
import { buildProgram, serve, type Program } from '../support/program.js'

const page = 'docs/tutorial/an-auditors-walk.md'

/** What a page has its reader type in, in order, in one shell; before each piece the number of its step is printed. */
const walkOf = async (file: string): Promise<string> => {
  const steps = (await readFile(file, 'utf8')).split(/^## /m).slice(1)
  const pieces = steps.flatMap((step) =>
    [...step.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, code]) => `echo "== ${Number.parseInt(step)}"\n${code}`),
  )
  return `set -eu\n${pieces.join('')}`
}

// About an embedded ledger with its sandbox, as `npm start` has it: it runs once.
needing(['bash', 'curl', 'jq'], "the auditor's walk", () => {
  let build: string
  let folder: string
  let program: Program
  beforeAll(async () => {
    build = await buildProgram()
    folder = await mkdtemp(join(tmpdir(), 'room-ledger-walk-'))
    program = serve(build, folder, { PORT: '0', RECONCILE_RATE: '0' })
    await program.shows(/\/stream\n/)
  }, 120_000)
  afterAll(async () => {
    program.kill('SIGTERM')
    await program.ended
    for (const path of [build, folder]) await rm(path, { recursive: true, force: true })
  })

  it(
    'given the page word for word, then it leads from the question to a proof, and a forged record is named',
    { timeout: 120_000 },
    async () => {
      const found = (pattern: RegExp) => pattern.exec(program.stdout())![1]!
      const npx = join(folder, 'npx')
      await writeFile(
        npx,
        `#!/bin/sh\nshift\nexec "${process.execPath}" --disable-warning=ExperimentalWarning "${build}/dist/apps/cli/src/main.js" "$@"\n`,
        { mode: 0o755 },
      )
      await symlink(npx, join(folder, 'room-ledger'))
      await writeFile(join(folder, 'walk.sh'), await walkOf(page))
      const walk = startForeign('bash', ['walk.sh'], {
        cwd: folder,
        env: {
          PATH: `${folder}:${process.env['PATH']}`,
          KEY: found(/API key\s+(\S+)/),
          BASE: found(/Service\s+(http\S+)/),
          SANDBOX: found(/Sandbox\s+(http\S+)/),
        },
      })
      const [code] = (await walk.ended) as [number]
      const said = walk.output()
      expect([code, code === 0 ? '' : said]).toEqual([0, ''])
      const step = (number: number) =>
        said
          .split(/^== /m)
          .filter((piece) => Number.parseInt(piece) === number)
          .join('')
      expect(step(4)).toMatch(/^dora, since /m)
      expect(step(5)).toMatch(/^ben, since /m)
      expect(step(5)).toMatch(/"late-callback","delayMs":8\d\d\d/)
      expect(step(7)).toMatch(/first-day|checkpoint/)
      expect(step(8)).toMatch(/^- Line \d+ \(event \S+\) was altered/m)
      expect(step(8)).toMatch(/exit code 1/)
      expect(step(9)).toMatch(/GET \/v1\/audit\/export/)
    },
  )
})
