import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const sources = ['apps', 'libs', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json']
/** Not below node_modules, where the compiler would not look at anything. */
const cache = join(tmpdir(), 'room-ledger-builds')
/** Milliseconds after which a build that has not ended is taken for one that was killed. */
const longestBuild = 120_000

/**
 * Builds the program from the sources as they are, apart from `dist`, which may be old, or somebody else's just now. What
 * was built from the very same sources before is taken as it is: many test files run the program.
 * @returns a folder in which `dist` is; the caller's own, to be deleted.
 */
export const buildProgram = async (): Promise<string> => {
  const built = join(cache, await stateOf(sources))
  if (!existsSync(built)) await buildOnce(built)
  const folder = await mkdtemp(join(tmpdir(), 'room-ledger-build-'))
  await symlink(join(built, 'dist'), join(folder, 'dist'))
  return folder
}

/** A name for the state of files: what one of them is called, its size and the time of its last change. */
const stateOf = async (names: readonly string[]): Promise<string> => {
  const digest = createHash('sha256')
  for (const name of names) {
    const below = (await stat(join(root, name))).isDirectory() ? await readdir(join(root, name), { recursive: true }) : ['']
    for (const path of below.toSorted()) {
      const found = await stat(join(root, name, path))
      if (found.isFile()) digest.update(JSON.stringify([name, path, found.size, found.mtimeMs]))
    }
  }
  return digest.digest('hex').slice(0, 16)
}

/** Of several who want it at once one builds, the others wait. */
const buildOnce = async (built: string): Promise<void> => {
  await mkdir(cache, { recursive: true })
  const lock = `${built}.lock`
  for (const deadline = Date.now() + longestBuild; !existsSync(built);) {
    const mine = await mkdir(lock).then(
      () => true,
      () => false,
    )
    if (mine) return build(built).finally(() => rm(lock, { recursive: true, force: true }))
    if (Date.now() > deadline) await rm(lock, { recursive: true, force: true })
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const build = async (built: string): Promise<void> => {
  const folder = await mkdtemp(join(cache, 'building-'))
  try {
    await Promise.all(sources.map((name) => cp(join(root, name), join(folder, name), { recursive: true })))
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    await promisify(execFile)(process.execPath, [join(root, 'node_modules/@nestjs/cli/bin/nest.js'), 'build'], { cwd: folder })
    for (const older of await readdir(cache)) await removeIfOld(join(cache, older))
    await rename(folder, built)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** Others may be running what they have built an hour ago. */
const removeIfOld = async (folder: string): Promise<void> => {
  const { mtimeMs } = await stat(folder)
  if (Date.now() - mtimeMs > 24 * 3_600_000) await rm(folder, { recursive: true, force: true })
}
