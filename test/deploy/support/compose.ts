import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root, toModel, type ComposeModel, type RawCompose } from './compose-model.js'

/** Nothing of the tester's own environment, and no `.env`, decides what the file means; but it must be found, and find its plug-ins. */
const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], DOCKER_CONFIG: process.env['DOCKER_CONFIG'] }
const commands: readonly (readonly [string, ...string[]])[] = [['docker', 'compose'], ['docker-compose']]

const run = ([program, ...first]: readonly [string, ...string[]], args: readonly string[]): string =>
  execFileSync(program, [...first, ...args], { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** Docker Compose 2 or newer, as people have it; the first line would be of no use here. */
const found = commands.find((command) => {
  try {
    return /^v?([2-9]|\d\d)/.test(run(command, ['version', '--short']))
  } catch {
    return false
  }
})

/** `docker compose`, `docker-compose`, or undefined where there is none. */
export const composeCommand = found?.join(' ')

/** What docker compose itself makes of the file. @throws Error with its message when it refuses the file. */
export const resolveByCompose = (profiles: readonly string[]): ComposeModel => {
  if (!found) throw new Error('docker compose is not here')
  // By its name, so that an override file of the developer's own stays out of it.
  const args = ['-f', 'docker-compose.yml', '--env-file', '/dev/null', ...profiles.flatMap((profile) => ['--profile', profile]), 'config']
  run(found, [...args, '--quiet'])
  return toModel(JSON.parse(run(found, [...args, '--format', 'json'])) as RawCompose)
}

/** The same by reading the file, for a machine without docker: anchors, variables with their defaults, profiles. */
export const resolveByReading = (profiles: readonly string[]): ComposeModel => {
  const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8')
  const filled = text.replace(/\$\{\w+:-([^}]*)\}/g, '$1')
  const raw = parse(filled, { merge: true }) as RawCompose
  const isChosen = ({ profiles: own = [] }: { profiles?: string[] }): boolean =>
    own.length === 0 || own.some((one) => profiles.includes(one))
  const services = Object.fromEntries(Object.entries(raw.services).filter(([, service]) => isChosen(service)))
  return toModel({ ...raw, services })
}

/** Compose's own answer where it is there. Which of the two it was is printed: a run without docker proves less. */
export const resolve = composeCommand ? resolveByCompose : resolveByReading

export const sayWhoJudged = (): void =>
  console.log(
    composeCommand
      ? `Compose file: judged by ${composeCommand}.`
      : 'Compose file: NO docker compose here; judged by reading the file, `docker compose config` was not run.',
  )
