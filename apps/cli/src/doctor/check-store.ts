import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { EventStore } from '#event-store'
import { openEventStoreDb, ProjectionsRefused } from '#event-store-esdb'
import { openSqliteEventStore, StoreFileRefused, type RefusalReason } from '#event-store-sqlite'
import type { Settings } from '#platform'
import { checkDefinition, projectionDefinitions, type ProjectionStatus } from '#projections'
import { whyNotWritable } from './check-files.js'
import { checkSigning } from './check-signing.js'
import { mend, ok, skip, type Finding } from './finding.js'

type Place = Pick<Settings, 'eventStore' | 'host' | 'port' | 'audit' | 'ledgerOrigin'>

/** Opens the store as the service would, and writes nothing of its own. */
export const checkStore = ({ eventStore, ...where }: Place): Promise<readonly Finding[]> =>
  eventStore.kind === 'sqlite' ? checkFile(eventStore.path, where) : checkServer(eventStore.connectionString, where)

const checkFile = async (path: string, where: Omit<Place, 'eventStore'>): Promise<readonly Finding[]> => {
  const locked = whyNotWritable(dirname(path)) ?? whyReadOnly(path)
  if (locked !== undefined) return [mend('store', `EVENT_STORE_URL: ${locked}: let the user of the service write there`)]
  // Opened, a file that is not there would be made; one that was there leaves another beside it that tells of it.
  if (!existsSync(path) && !existsSync(`${path}-head`))
    return [ok('store', `there is no ${path} yet; the service makes it when it first starts`)]
  try {
    const store = await openSqliteEventStore(path)
    const look = async () => [await headOf(store, path), ...(await checkSigning(where, store))]
    return await look().finally(() => store.close())
  } catch (error) {
    if (error instanceof StoreFileRefused && error.reason === 'inUse') return [await inUse(path, where)]
    const remedy = error instanceof StoreFileRefused ? remedies[error.reason] : undefined
    return [mend('store', `EVENT_STORE_URL: ${(error as Error).message}${remedy === undefined ? '' : `: ${remedy}`}`)]
  }
}

/** Where the message does not tell it already. */
const remedies: Partial<Record<RefusalReason, string>> = {
  notADatabase: 'name another file, or restore a backup of it',
  notOurs: 'name another file',
  inaccessible: 'see to the disk and to whom the file belongs to',
}

const whyReadOnly = (path: string): string | undefined => {
  try {
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK)
    return undefined
  } catch (error) {
    return `${path} cannot be read and written (${(error as NodeJS.ErrnoException).code})`
  }
}

const headOf = async (store: EventStore, name: string): Promise<Finding> => {
  const head = await store.head()
  return ok('store', `${name} opens and can be written; ${head < 0n ? 'it is empty' : `its last position is ${head}`}`)
}

/** That the service has it open is as it should be, if it is the service. */
const inUse = async (path: string, { host, port }: Omit<Place, 'eventStore'>): Promise<Finding> => {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}`
  const answer = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
  return answer?.ok
    ? ok('store', `${path} is in use by the service that answers at ${url}; how it is tells ${url}/health/ready`)
    : mend('store', `EVENT_STORE_URL: ${path} is in use by another process, and no service answers at ${url}: find and stop that process`)
}

const checkServer = async (connectionString: string, where: Omit<Place, 'eventStore'>): Promise<readonly Finding[]> => {
  try {
    const { store, projections: at } = await openEventStoreDb({ connectionString })
    try {
      const found = await headOf(store, 'EventStoreDB')
      const projections = at(projectionDefinitions, { check: checkDefinition })
      const states = await projections.status().catch((error: unknown) => error as Error)
      return [found, ...(states instanceof Error ? [refused(states)] : states.map(findingOf)), ...(await checkSigning(where, store))]
    } finally {
      await store.close()
    }
  } catch (error) {
    return [
      mend('store', `EVENT_STORE_URL: ${(error as Error).message}`),
      skip('projections', 'are looked at when the store can be opened'),
    ]
  }
}

const refused = (error: Error): Finding =>
  mend('projections', `${error instanceof ProjectionsRefused ? 'EVENT_STORE_URL: ' : ''}${error.message}`)

const findingOf = ({ name, status, stateReason }: ProjectionStatus): Finding => {
  if (status === 'Running') return ok('projections', `${name} runs`)
  if (/not deployed/.test(stateReason ?? '')) return ok('projections', `${name} is deployed when the service first starts`)
  const remedy = `room-ledger projections rebuild ${name}, once its cause is mended`
  return mend('projections', `${name} is ${status.toLowerCase()} (${stateReason ?? 'no reason is told'}): ${remedy}`)
}
