import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { buildProgram, serve, type Program } from './program.js'

/** For a file of tests, or a part of one: each has a folder of its own, and what it starts there ends with it. */
export const startedPrograms = () => {
  let build: string
  let folder: string
  let programs: Program[] = []
  beforeAll(async () => void (build = await buildProgram()), 120_000)
  afterAll(() => rm(build, { recursive: true, force: true }))
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'room-ledger-process-'))))
  afterEach(async () => {
    for (const program of programs) program.kill('SIGKILL')
    await Promise.all(programs.map(({ ended }) => ended))
    programs = []
    await rm(folder, { recursive: true, force: true })
  })
  return {
    folder: (): string => folder,
    start: (env: Readonly<Record<string, string>>): Program => {
      const program = serve(build, folder, env)
      programs.push(program)
      return program
    },
  }
}
