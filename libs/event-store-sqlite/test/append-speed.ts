// How many appends a second, beside the floor: the same rows in the same batches on bare node:sqlite.
// node --conditions=source --import ./test/support/run-typescript.mjs libs/event-store-sqlite/test/append-speed.ts [directory]
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteEventStore } from '../src/index.js'
import { openFile } from '../src/open-file.js'

const directory = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'room-ledger-speed-'))
const seconds = 2
const body = JSON.stringify({ CallbackCommand: 'Live.CallbackAfterChangeOwner', filling: 'x'.repeat(300) })
const makeEvent = () => ({
  id: randomUUID(),
  type: 'OwnerChanged',
  data: { roomId: 'room', from: 'alice', to: 'bob' },
  metadata: { schema: 1, occurredAt: '2026-03-26T17:29:16.000Z', recordedAt: '2026-03-26T17:29:16.100Z', callback: { body } },
})

const throughStore = async (callers: number): Promise<number> => {
  const store = await openSqliteEventStore(join(directory, `store-${callers}.db`))
  const end = performance.now() + seconds * 1000
  let appends = 0
  const call = async (caller: number) => {
    for (let revision = -1; performance.now() < end; revision += 1, appends += 1) {
      await store.append(`room-${caller}`, [makeEvent()], revision < 0 ? 'noStream' : revision)
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)))
  await store.close()
  return appends / seconds
}

const bare = async (batch: number): Promise<number> => {
  const { db, close } = await openFile(join(directory, `bare-${batch}.db`))
  const insert = db.prepare('INSERT INTO events (stream, revision, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?)')
  const end = performance.now() + seconds * 1000
  let appends = 0
  for (let revision = 0; performance.now() < end; revision += 1) {
    db.exec('BEGIN IMMEDIATE')
    for (let caller = 0; caller < batch; caller += 1, appends += 1) {
      const { id, type, data, metadata } = makeEvent()
      insert.run(`room-${caller}`, revision, id, type, JSON.stringify(data), JSON.stringify(metadata))
    }
    db.exec('COMMIT')
  }
  close()
  return appends / seconds
}

try {
  for (const callers of [1, 32, 256]) {
    const store = await throughStore(callers)
    const floor = await bare(callers)
    console.log(
      `${callers} callers: ${Math.round(store)} appends/s; bare node:sqlite ${Math.round(floor)}; ${((100 * store) / floor).toFixed(0)} %`,
    )
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}
