import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { serve, type Program } from '../program.js'
import type { Field } from './field.js'

/** An instance of the service: the built program, in a process and with files of its own. */
export interface Spawned {
  readonly name: string
  readonly url: string
  readonly program: Program
  /** SIGKILL; the load balancer learns of it when it has happened. */
  kill(): Promise<void>
  /** What is wrong with a program that should be running: it has ended, or wrote an error's trace. */
  complaints(): string[]
}

export const spawnInstance = async (
  field: Field,
  build: string,
  name: string,
  eventStoreUrl: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Spawned> => {
  const folder = join(field.folder, name)
  await mkdir(folder, { recursive: true })
  const program = serve(build, folder, field.env(name, eventStoreUrl, more))
  let ended = false
  void program.ended.then(() => (ended = true))
  const [, url] = await program.shows(/listening on (http[^\s",]+)/).catch((error: unknown) => {
    program.kill('SIGKILL')
    throw error
  })
  field.instances.push(url!)
  return {
    name,
    url: url!,
    program,
    kill: async () => {
      program.kill('SIGKILL')
      await program.ended
      field.instances.splice(field.instances.indexOf(url!), 1)
    },
    complaints: () => [
      ...(ended ? [`instance ${name} ended by itself: ${program.output().slice(-2000)}`] : []),
      ...(program.stderr() === '' ? [] : [`instance ${name} wrote on standard error: ${program.stderr().slice(0, 2000)}`]),
    ],
  }
}
