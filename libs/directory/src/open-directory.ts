import type { DatabaseSync } from 'node:sqlite'
import {
  createTurns,
  createWaiters,
  derivedFile,
  isDamage,
  isKnownTo,
  keepFollowing,
  messageOf,
  readLogCheckpoint,
  type EventStore,
  type RecordedEvent,
} from '#event-store'
import type { Directory } from './directory.js'
import { createRoomFolder } from './fold-rooms.js'
import { createReader, type Reader } from './reader.js'
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
  const waiters = createWaiters()
  const onDisk = derivedFile(file, { formatVersion, tables }, log)
  const openIndex = (db: DatabaseSync) => {
    const checkpoint = readLogCheckpoint(db)
    return { db, reader: createReader(db), writer: createWriter(db), checkpoint, position: checkpoint?.position ?? -1n }
  }
  let index = openIndex(onDisk.open())
  let head: bigint | undefined
  let caughtUp = false
  let following: { readonly abort: AbortController; readonly done: Promise<void> } | undefined
  let closed = false

  /** Stays set until the file has been made anew, should that fail too. */
  let unusable = false
  const forget = (): void => {
    unusable = true
    folder.clear()
    caughtUp = false
    if (index.db.isOpen) index.db.close()
    index = openIndex(onDisk.makeAnew())
    unusable = false
  }
  const known = await isKnownTo(store, index.checkpoint).catch((error: unknown) => {
    index.db.close()
    throw error
  })
  if (!known) {
    log(`${file} was made from another log; it is rebuilt`)
    forget()
  }

  const reach = (position: bigint): void => {
    index.position = position
    waiters.reached(position)
  }
  const take = async (events: readonly RecordedEvent[]): Promise<void> => {
    const { writer } = index
    const folded = await folder.fold(events)
    const last = events.at(-1)!
    writer.atOnce(() => {
      for (const { stream, state, previous } of folded) writer.writeRoom(stream.slice(prefix.length), state, previous)
      writer.writeCheckpoint(last)
    })
    folder.keep(folded)
    reach(last.position)
  }
  const failed = (error: unknown): void => {
    caughtUp = false
    unusable ||= isDamage(error)
  }
  const follow = (stopped: AbortSignal): Promise<void> =>
    keepFollowing(
      {
        store,
        prefixes: [prefix],
        batchSize,
        prepare: () => void (unusable && forget()),
        position: () => index.position,
        take,
        caughtUp: (position) => {
          caughtUp = true
          reach(position)
        },
        failed,
        log,
      },
      stopped,
    )

  const begin = (): void => {
    if (following || closed) return
    const abort = new AbortController()
    following = { abort, done: follow(abort.signal) }
  }
  const halt = async (): Promise<boolean> => {
    const was = following
    was?.abort.abort()
    await was?.done
    following = undefined
    return was !== undefined
  }
  // Never two of these at a time: rows that one forgets must not be written on by what another has begun.
  const { inTurn } = createTurns()
  const start = (): Promise<void> => inTurn('life', async () => begin())
  const stop = (): Promise<void> =>
    inTurn('life', async () => {
      if (closed) return
      closed = true
      // First of all: who waits keeps others from ending.
      waiters.giveUp()
      await halt()
      // A rebuild that failed has left it closed.
      if (index.db.isOpen) onDisk.close(index.db, !unusable)
    })
  const rebuild = (): Promise<void> =>
    inTurn('life', async () => {
      if (closed) return
      const wasFollowing = await halt()
      unusable = true
      if (wasFollowing) begin()
      else forget()
    })
  /** A damaged file answers nothing, so it is replaced at once; the caller's question fails all the same. */
  const ask = <T>(question: (reader: Reader) => T): T => {
    try {
      return question(index.reader)
    } catch (error) {
      if (isDamage(error) && !unusable) {
        unusable = true
        caughtUp = false
        log(`${file} is damaged (${messageOf(error)}); it is rebuilt from the log`)
        rebuild().catch((failure: unknown) => log(`rebuilding ${file} failed (${messageOf(failure)})`))
      }
      throw error
    }
  }
  const waitFor = async (wanted: bigint, timeoutMs: number): Promise<boolean> => index.position >= wanted || waiters.wait(wanted, timeoutMs)

  return {
    start,
    stop,
    status: () => ({ position: index.position, ...(head !== undefined && { head }), caughtUp }),
    waitFor,
    catchUp: async (timeoutMs) => {
      head = await store.head()
      return waitFor(head, timeoutMs)
    },
    listRooms: (query) => ask((reader) => reader.listRooms(query)),
    findOperation: (operationId) => ask((reader) => reader.findOperation(operationId)),
    listOperations: (query) => ask((reader) => reader.listOperations(query)),
    openOperations: (query) => ask((reader) => reader.openOperations(query)),
    roomsToAskAbout: (query) => ask((reader) => reader.roomsToAskAbout(query)),
    activeRooms: (query) => ask((reader) => reader.activeRooms(query)),
    anyActiveRoom: () => ask((reader) => reader.anyActiveRoom()),
    ownerships: (account, page) => ask((reader) => reader.ownerships(account, page)),
    rebuild,
  }
}
