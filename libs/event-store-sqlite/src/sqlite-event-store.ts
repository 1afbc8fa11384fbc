import type { EventStore, RecordedEvent, SubscribeOptions } from '#event-store'
import { assertAppendable, StoreUnavailable } from '#event-store'
import type { Patience } from './assert-sound.js'
import type { Sleepers } from './follow-log.js'
import { followLog, readLogPages, readStreamPages } from './follow-log.js'
import { createGroupCommit } from './group-commit.js'
import type { StoreFile } from './open-file.js'
import { openFile } from './open-file.js'
import type { LogReader } from './read-log.js'
import { createLogReader, DamageFound } from './read-log.js'
import { asPortError } from './sqlite-error.js'
import { createLogWriter, prepareAppend } from './write-log.js'

export interface SqliteEventStoreOptions {
  /** Where the file is, or shall be; its directory is made when it is missing. */
  readonly path: string
  /** Told of damage that shows while the store is at work. */
  readonly log?: (message: string) => void
  readonly patience?: Patience
}

/**
 * Opens the embedded store: one SQLite file, kept by this process alone.
 *
 * Appends that are asked for in the same round of the event loop share one commit and one fsync. Positions have no
 * holes and grow in the order of commits.
 *
 * Before anything is read out of it, the file is looked through for damage: every event that was acknowledged has to stand
 * there as it was written. Beyond some gigabytes that goes on after ten seconds while the store is at work; what it finds
 * then ends the store. Whatever is read is checked again at that moment.
 *
 * @throws StoreFileRefused when the file is not ours, of a newer format, damaged, in use or out of reach; it is left untouched
 * @example
 * const store = await openSqliteEventStore('data/room-ledger.db')
 */
export const openSqliteEventStore = async (options: string | SqliteEventStoreOptions): Promise<EventStore> =>
  open(typeof options === 'string' ? { path: options } : options)

const open = async ({ path, patience, log }: SqliteEventStoreOptions): Promise<EventStore> => keepStore(await openFile(path, patience), log)

/** The store over an open file. */
export const keepStore = ({ db, head, flaw, close }: StoreFile, log: (message: string) => void = () => undefined): EventStore => {
  const closing = new AbortController()
  const sleepers: Sleepers = new Set()
  const group = createGroupCommit(createLogWriter(db), (last) => {
    if (last) head.write(last)
    for (const wake of sleepers) wake()
  })
  let damage: StoreUnavailable | undefined
  const damaged = (error: StoreUnavailable) => {
    if (!damage) log(`${error.message}. See docs/how-to/mend-a-damaged-store.md`)
    damage = error
  }
  flaw.then(
    (found) =>
      found !== undefined && !closing.signal.aborted && damaged(new StoreUnavailable(`SQLite store: the file is damaged: ${found}`)),
    (error: unknown) => log(`SQLite store: the search for damage in the file failed: ${String(error)}`),
  )
  const assertOpen = () => {
    if (closing.signal.aborted) throw new StoreUnavailable('SQLite store: it was closed')
    if (damage) throw damage
  }
  const reader = guarded(createLogReader(db), assertOpen, damaged)

  return {
    engine: 'sqlite',
    recognisesAny: true,
    append: async (stream, events, expected) => {
      assertAppendable(stream, events, expected)
      assertOpen()
      return group.append(prepareAppend(stream, events, expected))
    },
    readStream: (stream, options = {}): AsyncIterable<RecordedEvent> => readStreamPages(reader, stream, options),
    readAll: (options = {}) => readLogPages(reader, options),
    subscribe: (options: SubscribeOptions = {}) => {
      const ended = options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal
      return followLog(reader, sleepers, ended, options)
    },
    head: async () => BigInt(reader.head()),
    last: async (prefixes) => reader.lastOf(prefixes),
    close: async () => {
      if (closing.signal.aborted) return
      group.flush()
      closing.abort()
      close()
    },
  }
}

/** Every read: not after closing, and with the port's errors. */
const guarded = (reader: LogReader, assertOpen: () => void, damaged: (error: DamageFound) => void): LogReader => {
  const guard =
    <Args extends readonly unknown[], Result>(read: (...args: Args) => Result) =>
    (...args: Args): Result => {
      assertOpen()
      try {
        return read(...args)
      } catch (error) {
        if (error instanceof DamageFound) damaged(error)
        throw asPortError(error)
      }
    }
  return {
    head: guard(reader.head),
    lastOf: guard(reader.lastOf),
    streamPage: guard(reader.streamPage),
    logPage: guard(reader.logPage),
  }
}
