import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'

/** The one block of code of a page in which a text stands, as whoever copies it has it. @throws Error when there is none, or more. */
export const codeOf = async (page: string, text: string): Promise<string> => {
  const markdown = await readFile(page, 'utf8')
  const blocks = [...markdown.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, code]) => code!).filter((code) => code.includes(text))
  if (blocks.length !== 1) throw new Error(`${page} has ${blocks.length} blocks of code with ${text}`)
  return blocks[0]!
}

export interface ForeignProgram {
  readonly ended: Promise<unknown>
  /** What it said, on either channel. */
  output(): string
  /** Ends it and all that it started, in the middle of whatever they are doing. */
  kill(): Promise<void>
}

/** Starts a program that is none of the project's, with nothing in its environment but `env` and what finds programs. */
export const startForeign = (
  command: string,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): ForeignProgram => {
  const { PATH, HOME } = process.env
  // The leader of a group of its own, so that a shell does not leave its children behind.
  const child = spawn(command, args, { cwd, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let said = ''
  for (const channel of [child.stdout, child.stderr]) channel.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ended = once(child, 'close')
  return {
    ended,
    output: () => said,
    kill: async () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL')
      await ended
    },
  }
}
