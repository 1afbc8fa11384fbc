import { openDerivedIndex, type EventStore } from '#event-store'
import type { Directory } from './directory.js'
import { createRoomFolder } from './fold-rooms.js'
import { createReader } from './reader.js'
import { formatVersion, tables } from './schema.js'
import { createWriter } from './writer.js'

export interface DirectoryOptions {
  /** SQLite file of the index; it and its directory are made when missing. One process alone can have it open. */
  readonly file: string
  readonly store: EventStore
  readonly log?: (message: string) => void
  /** Events taken in by one transaction at the most, while other work of the process waits. Default 500. */
  readonly batchSize?: number
  /** Facts and operations of folded rooms that are held in memory, a few hundred bytes each. Default 100,000. */
  readonly cacheSize?: number
}

const prefix = 'room-'

/**
 * Opens the search index; `start` makes it follow the log from where it stands. A file that cannot be trusted (missing,
 * damaged, of another version, fed from another log) is made anew, and `log` told why.
 *
 * @throws StoreUnavailable
 * @throws Error when another process has the file open, or nothing can be written there
 */
export const openDirectory = async (options: DirectoryOptions): Promise<Directory> => {
  const { file, store, log = () => {}, batchSize = 500, cacheSize = 50_000 } = options
  const folder = createRoomFolder(store, cacheSize)
  const index = await openDerivedIndex({
    store,
    file,
    tables: { formatVersion, tables },
    prefixes: [prefix],
    batchSize,
    log,
    open: (db) => ({ reader: createReader(db), writer: createWriter(db) }),
    take: async ({ writer }, events) => {
      const folded = await folder.fold(events)
      writer.atOnce(() => {
        for (const { stream, state, previous } of folded) writer.writeRoom(stream.slice(prefix.length), state, previous)
        writer.writeCheckpoint(events.at(-1)!)
      })
      folder.keep(folded)
    },
    forgotten: () => folder.clear(),
  })
  const { start, stop, status, waitFor, catchUp, rebuild, ask } = index

  return {
    start,
    stop,
    status,
    waitFor,
    catchUp,
    listRooms: (query) => ask(({ reader }) => reader.listRooms(query)),
    findOperation: (operationId) => ask(({ reader }) => reader.findOperation(operationId)),
    listOperations: (query) => ask(({ reader }) => reader.listOperations(query)),
    openOperations: (query) => ask(({ reader }) => reader.openOperations(query)),
    roomsToAskAbout: (query) => ask(({ reader }) => reader.roomsToAskAbout(query)),
    roomIds: (query) => ask(({ reader }) => reader.roomIds(query)),
    activeRooms: (query) => ask(({ reader }) => reader.activeRooms(query)),
    anyActiveRoom: () => ask(({ reader }) => reader.anyActiveRoom()),
    ownerships: (account, page) => ask(({ reader }) => reader.ownerships(account, page)),
    roomsNaming: (account, query) => ask(({ reader }) => reader.roomsNaming(account, query)),
    rebuild,
  }
}
