import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import type { JsonObject, RecordedEvent } from '#event-store'
import { openEsdbEventStore } from '#event-store-esdb'
import { startDouble } from '../double/index.js'
import { keyForTests, originForTests } from './audit-key.js'

/** The store that the end-to-end tests run on: the project of vitest.config.ts chooses. */
export const engineUnderTest = process.env['TEST_ENGINE'] === 'eventstoredb' ? 'eventstoredb' : 'sqlite'

/** A real EventStoreDB, empty when the run begins. Without it a double of its protocol takes its place. */
export const realServer = process.env['TEST_EVENTSTORE_URL']

export interface StoredEvent {
  readonly id: string
  readonly stream: string
  readonly type: string
  readonly data: JsonObject
  readonly metadata: JsonObject
}

/** What stands in a store in the streams that begin so, in the order of the log, read past the service. */
export const readLogOf = async (url: string, prefix: string): Promise<RecordedEvent[]> =>
  url.startsWith('sqlite:') ? readFile(url.slice('sqlite:'.length), prefix) : readServer(url, prefix)

export interface TestStore {
  readonly url: string
  /** Settings of the service that choose this store. */
  readonly env: Readonly<Record<string, string>>
  /** What stands in the streams that begin so, in the order of the log, read past the service. */
  events(prefix: string): Promise<StoredEvent[]>
  close(): Promise<void>
}

/** @param folder where files may lie; its owner removes it. */
export const openTestStore = async (folder: string): Promise<TestStore> => {
  const env = (url: string) => ({ EVENT_STORE_URL: url, AUDIT_SIGNING_KEY_FILE: keyForTests(), LEDGER_ORIGIN: originForTests })
  if (engineUnderTest === 'sqlite') {
    const file = join(folder, 'room-ledger.db')
    const url = `sqlite:${file}`
    return { url, env: env(url), events: async (prefix) => readFile(file, prefix), close: async () => undefined }
  }
  if (realServer)
    return { url: realServer, env: env(realServer), events: (prefix) => readServer(realServer!, prefix), close: async () => undefined }
  const double = await startDouble()
  return { url: double.url, env: env(double.url), events: (prefix) => readServer(double.url, prefix), close: () => double.close() }
}

const readFile = (file: string, prefix: string): RecordedEvent[] => {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const rows = db.prepare(
      'SELECT id, stream, revision, position, type, data, metadata FROM events WHERE substr(stream, 1, ?) = ? ORDER BY position',
    )
    return rows.all(prefix.length, prefix).map(
      ({ data, metadata, position, ...event }) =>
        ({
          ...event,
          position: BigInt(Number(position)),
          data: JSON.parse(String(data)),
          metadata: JSON.parse(String(metadata)),
        }) as RecordedEvent,
    )
  } finally {
    db.close()
  }
}

/** What stands at a server in the streams that begin so, in the order of the log. */
export const readServer = async (connectionString: string, prefix: string): Promise<RecordedEvent[]> => {
  const store = await openEsdbEventStore({ connectionString })
  try {
    return await Array.fromAsync(store.readAll({ prefixes: [prefix] }))
  } finally {
    await store.close()
  }
}
