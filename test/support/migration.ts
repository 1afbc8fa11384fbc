import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import type { EventStore, RecordedEvent } from '#event-store'
import { openSqliteEventStore } from '#event-store-sqlite'
import { runProgram } from './program.js'

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
  const program = runProgram(build, ['migrate', '--from', from, ...(to ? ['--to', to] : [])], env)
  return {
    ended: program.ended.then(({ code }) => ({ code, stdout: program.stdout(), stderr: program.stderr() })),
    kill: () => program.kill('SIGKILL'),
    letOthersGoFirst: () => setPriority(program.pid, constants.priority.PRIORITY_LOW),
    hasEnded: program.hasEnded,
  }
}

/** An event by itself, in the order in which it stands in the log; what each store counts in its own way is left out. */
export const logOf = async (store: EventStore, kind: string): Promise<readonly Omit<RecordedEvent, 'position'>[]> => {
  const log: Omit<RecordedEvent, 'position'>[] = []
  for await (const { position: _, ...event } of store.readAll({ prefixes: [kind] })) log.push(event)
  return log
}
