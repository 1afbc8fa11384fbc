import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { EventStore } from '#event-store'
import { openEventStoreDb } from '#event-store-esdb'
import { openSqliteEventStore, StoreFileRefused } from '#event-store-sqlite'
import {
  checkDefinition,
  createEmbeddedProjections,
  projectionDefinitions,
  type ProjectionLogLine,
  type Projections,
  type ProjectionStatus,
} from '#projections'
import { CommandRefused } from './refused.js'
import type { Ledger } from './where.js'

/** The projections, as a command uses them for a moment. */
export interface OpenedProjections {
  readonly engine: Ledger['kind']
  /** On SQLite after having let them read on, for some seconds at the most: nobody else runs them at this moment. */
  status(): Promise<readonly ProjectionStatus[]>
  /** @throws Error when the projection faults on the way */
  rebuild(name: string): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the projections where they run: at EventStoreDB's server, where nothing is deployed by it, or over a SQLite file that
 * no service has open.
 *
 * @param log what is told on the way
 * @throws CommandRefused
 */
export const openProjections = (ledger: Ledger, log: (message: string) => void): Promise<OpenedProjections> =>
  ledger.kind === 'sqlite' ? openHere(ledger, log) : openAtServer(ledger, log)

const openAtServer = async ({ connectionString }: Ledger & { kind: 'eventstoredb' }, log: (message: string) => void) => {
  const { store, projections: at } = await openEventStoreDb({ connectionString, log }).catch(refuse('EVENT_STORE_URL'))
  const projections = at(projectionDefinitions, { check: checkDefinition, log: lineTo(log) })
  return opened('eventstoredb', projections, () => projections.status(), store)
}

/** Milliseconds in which a status waits for what is still to be read. */
const catchUpWithin = 5_000

const openHere = async ({ path, dataDir }: Ledger & { kind: 'sqlite' }, log: (message: string) => void) => {
  assertIsThere(path)
  const store = await openSqliteEventStore(path).catch(refuse('EVENT_STORE_URL'))
  try {
    const file = join(dataDir, 'projections.db')
    const projections = createEmbeddedProjections({ store, file, definitions: projectionDefinitions, log: lineTo(log) })
    await projections.start().catch(refuse('DATA_DIR'))
    const status = async () => {
      await projections.waitFor(await store.head(), catchUpWithin)
      return projections.status()
    }
    return opened('sqlite', projections, status, store)
  } catch (error) {
    await store.close()
    throw error
  }
}

const opened = (
  engine: Ledger['kind'],
  projections: Projections,
  status: OpenedProjections['status'],
  store: EventStore,
): OpenedProjections => ({
  engine,
  status,
  rebuild: (name) => projections.rebuild(name),
  close: async () => {
    await projections.stop()
    await store.close()
  },
})

/** Opened as a store, a file that is not there or has nothing in it would become one. */
const assertIsThere = (path: string): void => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new CommandRefused(`EVENT_STORE_URL: there is no file ${path}. The service makes it when it first starts`)
  if (found.isFile() && found.size === 0) throw new CommandRefused(`EVENT_STORE_URL: the file ${path} is empty, there is no store in it`)
}

/** Says which setting is to be looked at. */
const refuse =
  (variable: string) =>
  (error: unknown): never => {
    const inUse = error instanceof StoreFileRefused && error.reason === 'inUse'
    const remedy = inUse
      ? '.\nThe service that has it open runs the projections itself: ask it with GET /v1/projections, or stop it first.'
      : ''
    throw new CommandRefused(`${variable}: ${(error as Error).message}${remedy}`, { cause: error })
  }

/** What is said for those who look for causes stays out of a user's way. */
const lineTo =
  (log: (message: string) => void) =>
  ({ level, projection, message }: ProjectionLogLine): void => {
    if (level === 'info' || level === 'warn') log(projection === undefined ? message : `${projection} ${message}`)
  }
