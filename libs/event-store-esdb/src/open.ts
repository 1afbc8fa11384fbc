import type { EventStore } from '#event-store'
import type { ProjectionDefinition, Projections } from '#projections'
import { openConnection } from './connection.js'
import { createEsdbEventStore, defaultPatience, type EsdbEventStoreOptions } from './esdb-event-store.js'
import { createEsdbProjections, type EsdbProjectionsOptions } from './projections/esdb-projections.js'
import { createReader } from './read.js'

export interface EventStoreDb {
  readonly store: EventStore
  /**
   * The projections of that server, over the connection of the store; they end with it.
   * @throws what `check` throws for a text that is not fit to be sent
   */
  projections(definitions: readonly ProjectionDefinition[], options: EsdbProjectionsOptions): Projections
}

/**
 * Opens EventStoreDB for all that one process does with it: one connection, since the client does not stand several.
 *
 * @throws ConnectionStringRefused
 * @throws StoreUnavailable nobody answers, or access is denied
 * @example
 * const { store, projections } = await openEventStoreDb({ connectionString: 'esdb://127.0.0.1:2113?tls=false' })
 * const running = projections(projectionDefinitions, { check: checkDefinition })
 * await running.start()
 */
export const openEventStoreDb = async (options: EsdbEventStoreOptions): Promise<EventStoreDb> => {
  const { connectionString, patience = defaultPatience } = options
  const connection = openConnection(connectionString)
  const reader = createReader(connection, patience)
  const store = await createEsdbEventStore(connection, reader, options)
  return {
    store,
    projections: (definitions, projectionOptions) => createEsdbProjections(connection, reader, store, definitions, projectionOptions),
  }
}

/** Opens the store alone, for those who want no projections. @throws as `openEventStoreDb` */
export const openEsdbEventStore = async (options: EsdbEventStoreOptions): Promise<EventStore> => (await openEventStoreDb(options)).store
