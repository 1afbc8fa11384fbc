import { spawn } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import type { EventStore, RecordedEvent } from '#event-store'
import { openSqliteEventStore } from '#event-store-sqlite'

/**
 * Fills a file with a log as a ledger has it: rooms that take turns, now and then several events of one room at once, and
 * streams of other kinds between them.
 *
 * @param kind what the rooms' streams begin with
 * @returns the file
 */
export const fillLedger = async (folder: string, events: number, kind: string): Promise<string> => {
  const file = join(folder, 'ledger.db')
  const store = await openSqliteEventStore(file)
  let n = 0
  let waiting: Promise<unknown>[] = []
  while (n < events) {
    const stream = n % 40 === 39 ? `${kind}Quarantine-unknown` : `${kind}-${Math.floor(Math.random() * Math.max(5, events / 50))}`
    const together = Math.min(events - n, Math.random() < 0.1 ? 3 : 1)
    waiting.push(
      store.append(
        stream,
        Array.from({ length: together }, (_, i) => anEvent(n + i)),
        'any',
      ),
    )
    n += together
    if (waiting.length < 500) continue
    await Promise.all(waiting)
    waiting = []
  }
  await Promise.all(waiting)
  await store.close()
  return file
}

const anEvent = (n: number) => {
  const body = JSON.stringify({
    CallbackCommand: 'Live.CallbackAfterChangeOwner',
    RoomId: `名 "${n}"`,
    pad: randomBytes(150).toString('hex'),
  })
  const time = new Date(1_700_000_000_000 + n * 7).toISOString()
  return {
    id: randomUUID(),
    type: 'OwnerChanged',
    data: { roomId: `${n}`, from: 'anna', to: `ben-${n}` },
    metadata: {
      schema: 1,
      occurredAt: time,
      recordedAt: time,
      source: 'callback',
      salt: randomBytes(32).toString('base64'),
      callback: { command: 'Live.CallbackAfterChangeOwner', bodySha256: createHash('sha256').update(body).digest('hex'), body },
    },
  }
}

export interface MigrationRun {
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
  kill(): void
  hasEnded(): boolean
  /** Lowest priority, from now on. */
  letOthersGoFirst(): void
}

/** Runs `room-ledger migrate` as a user does. */
export const runMigration = (build: string, from: string, to: string, env: Readonly<Record<string, string>> = {}): MigrationRun => {
  const main = join(build, 'dist/apps/cli/src/main.js')
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main, 'migrate', '--from', from, ...(to ? ['--to', to] : [])],
    {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }))
  return {
    ended,
    kill: () => void child.kill('SIGKILL'),
    letOthersGoFirst: () => setPriority(child.pid!, constants.priority.PRIORITY_LOW),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
  }
}

/** An event by itself, in the order in which it stands in the log; what each store counts in its own way is left out. */
export const logOf = async (store: EventStore, kind: string): Promise<readonly Omit<RecordedEvent, 'position'>[]> => {
  const log: Omit<RecordedEvent, 'position'>[] = []
  for await (const { position: _, ...event } of store.readAll({ prefixes: [kind] })) log.push(event)
  return log
}
