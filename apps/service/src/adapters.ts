import { join } from 'node:path'
import { openAuditLog, openSink, type AuditLog, type CheckpointSink } from '#audit-log'
import { openDirectory, type Directory } from '#directory'
import { StoreUnavailable, type EventStore } from '#event-store'
import { ConnectionStringRefused, openEventStoreDb } from '#event-store-esdb'
import { openSqliteEventStore } from '#event-store-sqlite'
import { createLiveEngine, type LiveEngine } from '#live-engine'
import { SettingsError, type Settings } from '#platform'
import { checkDefinition, createEmbeddedProjections, projectionDefinitions, type ProjectionLogLine, type Projections } from '#projections'
import { openSigning, type Signing } from './audit/open-signing.js'
import { watchVendor } from './health/vendor-metrics.js'

/** The outside world, as the settings choose it. */
export interface Adapters {
  readonly store: EventStore
  readonly directory: Directory
  readonly projections: Projections
  readonly live: LiveEngine
  readonly auditLog: AuditLog
  readonly signing: Signing
  readonly sink: CheckpointSink | undefined
}

export type Log = (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void

/** Opens what the settings name. The order matters: everything else reads from the store. */
export const openAdapters = async (settings: Settings, log: Log): Promise<Adapters> => {
  const { store, projections } = await openLedger(settings, log)
  const opened: { stop(): Promise<void> }[] = []
  try {
    const signing = await openSigning(settings, store, log)
    const at = (name: string) => ({
      file: join(settings.dataDir, `${name}.db`),
      store,
      log: (message: string) => log('warn', `${name}: ${message}`),
    })
    const directory = await openDirectory(at('directory'))
    opened.push(directory)
    const auditLog = await openAuditLog(at('audit'))
    const { checkpointSink } = settings.audit
    const sink = checkpointSink === undefined ? undefined : openSink(checkpointSink)
    return { store, directory, projections, live: createLiveEngine({ ...settings.live, ...watchVendor(log) }), auditLog, signing, sink }
  } catch (error) {
    for (const index of opened) await index.stop()
    await store.close()
    throw namingStoreIfAway(error)
  }
}

/** The store alone, for what needs neither index nor projections. */
export const openStore = async (settings: Settings, log: Log): Promise<EventStore> => (await openLedger(settings, log)).store

/** The store, and the projections: run by EventStoreDB where it is the store, by this process otherwise. */
const openLedger = async ({ eventStore, dataDir }: Settings, log: Log): Promise<Pick<Adapters, 'store' | 'projections'>> => {
  const logProjection = ({ level, projection, message }: ProjectionLogLine) =>
    log(level, `projection ${projection ?? 'output'}: ${message}`)
  if (eventStore.kind === 'eventstoredb') {
    const { connectionString } = eventStore
    const opened = await openEventStoreDb({ connectionString, log: (message) => log('warn', message) }).catch(refuse)
    return { store: opened.store, projections: opened.projections(projectionDefinitions, { check: checkDefinition, log: logProjection }) }
  }
  const store = await openSqliteEventStore({ path: eventStore.path, log: (message) => log('error', message) }).catch(refuse)
  const file = join(dataDir, 'projections.db')
  return { store, projections: createEmbeddedProjections({ store, file, definitions: projectionDefinitions, log: logProjection }) }
}

/** Says which setting is to be looked at. */
const refuse = (error: unknown): never => {
  if (error instanceof ConnectionStringRefused) throw new SettingsError([{ variable: 'EVENT_STORE_URL', message: error.message }])
  throw namingStore(error)
}

/** A store can also be lost, or deny access, after it was opened: whoever starts the service is told the setting then too. */
export const namingStoreIfAway = (error: unknown): unknown => (error instanceof StoreUnavailable ? namingStore(error) : error)

const namingStore = (error: unknown): Error => new Error(`EVENT_STORE_URL: ${(error as Error).message}`, { cause: error })

/** Stops in the reverse order: readers first, the store last. */
export const closeAdapters = async ({ store, directory, projections, live, auditLog }: Adapters): Promise<void> => {
  await Promise.all([projections.stop(), directory.stop(), auditLog.stop(), live.close()])
  await store.close()
}
