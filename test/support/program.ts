import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { keyForTests, originForTests } from './audit-key.js'

export { buildProgram } from './build-program.js'

export interface Program {
  readonly pid: number
  stdout(): string
  stderr(): string
  /** Both, for messages. */
  output(): string
  /** Waits until standard output shows something, for 30 seconds at the most. @throws Error with the output when it ends before. */
  shows(pattern: RegExp): Promise<RegExpExecArray>
  kill(signal: NodeJS.Signals): void
  hasEnded(): boolean
  /** Exit code and signal, once it has ended. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; afterMs: number }>
}

/** Runs `room-ledger serve`, with nothing in its environment but `env`. */
export const serve = (build: string, cwd: string, env: Readonly<Record<string, string>>): Program => runProgram(build, ['serve'], env, cwd)

/** As `npm start` and the image have it. */
const asStarted = ['--max-old-space-size=1536', '--disable-warning=ExperimentalWarning']

/** Runs `room-ledger` as a user does, with nothing in its environment but `env`. */
export const runProgram = (build: string, args: readonly string[], env: Readonly<Record<string, string>>, cwd?: string): Program => {
  const started = performance.now()
  const child = spawn(process.execPath, [...asStarted, join(build, 'dist/apps/cli/src/main.js'), ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    afterMs: performance.now() - started,
  }))
  const output = (): string => `${stdout}\n${stderr}`

  return {
    pid: child.pid!,
    stdout: () => stdout,
    stderr: () => stderr,
    output,
    shows: async (pattern) => {
      for (const deadline = Date.now() + 30_000; ;) {
        const found = pattern.exec(stdout)
        if (found) return found
        if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline)
          throw new Error(`${pattern} was not shown; the program said:\n${output()}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    kill: (signal) => void child.kill(signal),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    ended,
  }
}

export interface Application {
  readonly sdkAppId: number
  readonly adminAccount: string
  readonly secretKey: string
  readonly token: string
}

/**
 * What the program needs to know beside its store, with the keys of `writeKey` and without the walk for drift: callbacks of
 * tests tell of what no vendor knows of, and the walk would put that right.
 * @param vendor where the vendor is; default: nowhere
 */
export const settingsFor = (folder: string, application: Application, vendor = 'http://127.0.0.1:9') => ({
  PORT: '0',
  DATA_DIR: folder,
  AUDIT_SIGNING_KEY_FILE: keyForTests(),
  LEDGER_ORIGIN: originForTests,
  API_KEYS_FILE: join(folder, 'keys.json'),
  LIVE_BASE_URL: vendor,
  LIVE_SDK_APP_ID: String(application.sdkAppId),
  LIVE_ADMIN_ACCOUNT: application.adminAccount,
  LIVE_SECRET_KEY: application.secretKey,
  LIVE_CALLBACK_TOKEN: application.token,
  RECONCILE_RATE: '0',
})

/** Where a program listens, once it does. */
export const urlOf = async (program: Program): Promise<string> => (await program.shows(/listening on (http[^\s",]+)/))[1]!

/** A keys file with one key that may do everything. @returns its path and the secret. */
export const writeKey = async (folder: string): Promise<{ file: string; secret: string }> => {
  const secret = 'a-key-for-trying'
  const scopes = ['rooms:read', 'rooms:command', 'events:read', 'audit:read', 'admin']
  const file = join(folder, 'keys.json')
  await writeFile(file, JSON.stringify([{ id: 'all', sha256: createHash('sha256').update(secret).digest('hex'), scopes }]))
  return { file, secret }
}

/** Requests with an API key, of which the body is JSON both ways. */
export const callWith =
  (secret: string) =>
  async (url: string, method: string, body?: object, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await fetch(url, {
      method,
      headers: { Authorization: `Bearer ${secret}`, ...(body && { 'Content-Type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: JSON.parse(await answer.text()) }
  }
export type Caller = ReturnType<typeof callWith>

/** Stands in for curl where a machine has none: the options that the printed lines use, no others. */
const curl = `#!${process.execPath}
const headers = {}
let method, body, url
const args = process.argv.slice(2)
while (args.length > 0) {
  const arg = args.shift()
  if (arg === '-s') continue
  else if (arg === '-H') { const [name, value] = args.shift().split(/: (.*)/s); headers[name] = value }
  else if (arg === '-X') method = args.shift()
  else if (arg === '-d') body = args.shift()
  else if (arg.startsWith('-') || url) throw new Error('unknown option ' + arg)
  else url = arg
}
process.stdout.write(await (await fetch(url, { method, headers, body })).text())
`

/** Runs a line as a user would type it in. @returns standard output. */
export const inShell = async (line: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'room-ledger-curl-'))
  try {
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    await writeFile(join(folder, 'curl'), curl)
    await chmod(join(folder, 'curl'), 0o755)
    const { stdout } = await promisify(execFile)('sh', ['-c', line], { env: { PATH: `${process.env['PATH']}:${folder}` } })
    return stdout
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
