import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'

/** An EventStoreDB that a command of the user runs, so that it can be killed. */
export interface OwnServer {
  readonly url: string
  /** Returns when it answers. @returns milliseconds that took */
  start(): Promise<number>
  /** SIGKILL to it and all that it started. */
  kill(): Promise<void>
}

/** Milliseconds for a server to answer. */
const patience = 60_000

export interface OwnServerOptions {
  /** For the shell: runs an EventStoreDB in the foreground that listens on `$PORT`, without TLS, with its files in `$DATA`. */
  readonly command: string
  /** For the shell: kills it, where it is no child of the command (a container is not); the command is to end with it. */
  readonly killCommand: string | undefined
  readonly port: number
  readonly data: string
}

export const ownServer = ({ command, killCommand, port, data }: OwnServerOptions): OwnServer => {
  const env = { ...process.env, PORT: String(port), DATA: data }
  const url = `esdb://127.0.0.1:${port}?tls=false`
  let child: ReturnType<typeof spawn> | undefined
  let output = ''
  // Whoever breaks a run off leaves no server behind.
  process.once('exit', () => void (child?.exitCode === null && killCommand === undefined && process.kill(-child.pid!, 'SIGKILL')))
  const hear = (text: Buffer): void => void (output = (output + text.toString()).slice(-4000))
  return {
    url,
    start: async () => {
      const begun = performance.now()
      // A process group of its own: what the shell starts is killed with it.
      child = spawn('sh', ['-c', command], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      })
      child.stdout!.on('data', hear)
      child.stderr!.on('data', hear)
      for (;;) {
        const ended = child.exitCode !== null || child.signalCode !== null
        if (ended || performance.now() - begun > patience) throw new Error(`TEST_EVENTSTORE_COMMAND runs no server on ${port}:\n${output}`)
        if (await answers(port)) return performance.now() - begun
        await delay(50)
      }
    },
    kill: async () => {
      if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      if (killCommand === undefined) process.kill(-child.pid, 'SIGKILL')
      else spawn('sh', ['-c', killCommand], { env, stdio: 'ignore' })
      await gone
    },
  }
}

/** Whether it calls itself alive. */
const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health/live`).then(
    ({ ok }) => ok,
    () => false,
  )
