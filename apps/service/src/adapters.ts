import { join } from 'node:path'
import { openDirectory, type Directory } from '#directory'
import type { EventStore } from '#event-store'
import { ConnectionStringRefused, openEsdbEventStore } from '#event-store-esdb'
import { openSqliteEventStore } from '#event-store-sqlite'
import { createLiveEngine, type LiveEngine } from '#live-engine'
import { SettingsError, type Settings } from '#platform'
import { createEmbeddedProjections, projectionDefinitions, type Projections } from '#projections'

/** The outside world, as the settings choose it. */
export interface Adapters {
  readonly store: EventStore
  readonly directory: Directory
  readonly projections: Projections
  readonly live: LiveEngine
}

export type Log = (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void

/** Opens what the settings name. The order matters: everything else reads from the store. */
export const openAdapters = async (settings: Settings, log: Log): Promise<Adapters> => {
  const { eventStore, dataDir, live } = settings
  const store = await openStore(eventStore, log)
  const projections = createEmbeddedProjections({
    store,
    file: join(dataDir, 'projections.db'),
    definitions: projectionDefinitions,
    log: ({ level, projection, message }) => log(level, `projection ${projection ?? 'output'}: ${message}`),
  })
  const directory = await openDirectory({
    file: join(dataDir, 'directory.db'),
    store,
    log: (message) => log('warn', `directory: ${message}`),
  })
  return { store, directory, projections, live: createLiveEngine(live) }
}

const openStore = async (eventStore: Settings['eventStore'], log: Log): Promise<EventStore> => {
  if (eventStore.kind === 'sqlite') return openSqliteEventStore(eventStore.path)
  const { connectionString } = eventStore
  return openEsdbEventStore({ connectionString, log: (message) => log('warn', message) }).catch((error: unknown) => {
    if (error instanceof ConnectionStringRefused) throw new SettingsError([{ variable: 'EVENT_STORE_URL', message: error.message }])
    throw new Error(`EVENT_STORE_URL: ${(error as Error).message}`, { cause: error })
  })
}

/** Stops in the reverse order: readers first, the store last. */
export const closeAdapters = async ({ store, directory, projections, live }: Adapters): Promise<void> => {
  await Promise.all([projections.stop(), directory.stop(), live.close()])
  await store.close()
}
