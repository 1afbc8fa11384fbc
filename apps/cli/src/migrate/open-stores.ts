import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { EventStore } from '#event-store'
import { ConnectionStringRefused, openEsdbEventStore } from '#event-store-esdb'
import { openSqliteEventStore } from '#event-store-sqlite'
import { MigrationRefused } from './refused.js'
import type { AddressOption, StoreAddress } from './store-address.js'

export interface Stores {
  readonly source: EventStore
  readonly target: EventStore
  close(): Promise<void>
}

/**
 * Opens both stores. A SQLite file is locked for as long as it is open, so that no service writes to it meanwhile; as the
 * source it has to exist, as the target it is made where there is none.
 *
 * @throws MigrationRefused with the option that has to be seen to; within 15 s where no server answers
 */
export const openStores = async (from: StoreAddress, to: StoreAddress, log: (message: string) => void): Promise<Stores> => {
  if (isSame(from, to)) throw new MigrationRefused(`--from and --to name the same store: ${to.label}`)
  if (from.kind === 'sqlite') assertIsThere(from.path)
  const source = await open('--from', from, log)
  try {
    const target = await open('--to', to, log)
    return { source, target, close: async () => void (await Promise.all([source.close(), target.close()])) }
  } catch (error) {
    await source.close()
    throw error
  }
}

/** Milliseconds. */
const patienceUnderWay = 60_000

const open = async (option: AddressOption, address: StoreAddress, log: (message: string) => void): Promise<EventStore> => {
  try {
    if (address.kind === 'sqlite') return await openSqliteEventStore(address.path)
    const server = { connectionString: address.connectionString, log }
    // What is wrong at the beginning is told soon. Once it runs, perhaps alone at night, a restart of the server is waited for.
    await (await openEsdbEventStore(server)).close()
    return await openEsdbEventStore({ ...server, patience: patienceUnderWay })
  } catch (error) {
    throw new MigrationRefused(`${option} ${address.label}: ${reasonOf(error)}`, { cause: error })
  }
}

const reasonOf = (error: unknown): string => {
  if (error instanceof ConnectionStringRefused || error instanceof Error) return error.message
  return String(error)
}

const assertIsThere = (path: string): void => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new MigrationRefused(`--from sqlite:${path}: there is no such file`)
  // Opened as a store, an empty file would become one, and its nothing would be verified.
  if (found.isFile() && found.size === 0) throw new MigrationRefused(`--from sqlite:${path}: the file is empty, there is no store in it`)
}

const isSame = (from: StoreAddress, to: StoreAddress): boolean => {
  if (from.kind === 'eventstoredb') return to.kind === 'eventstoredb' && from.connectionString === to.connectionString
  if (to.kind === 'eventstoredb') return false
  const [one, other] = [from.path, to.path].map((path) => statSync(path, { throwIfNoEntry: false, bigint: true }))
  // Two names for one file are the same store too.
  return one && other ? one.dev === other.dev && one.ino === other.ino : resolve(from.path) === resolve(to.path)
}
