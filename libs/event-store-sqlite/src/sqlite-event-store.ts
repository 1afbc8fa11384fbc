import type { EventStore, RecordedEvent, SubscribeOptions } from '#event-store'
import { assertAppendable, StoreUnavailable } from '#event-store'
import type { Sleepers } from './follow-log.js'
import { followLog, readLogPages, readStreamPages } from './follow-log.js'
import { createGroupCommit } from './group-commit.js'
import type { StoreFile } from './open-file.js'
import { openFile } from './open-file.js'
import type { LogReader } from './read-log.js'
import { createLogReader } from './read-log.js'
import { asPortError } from './sqlite-error.js'
import { createLogWriter, prepareAppend } from './write-log.js'

export interface SqliteEventStoreOptions {
  /** Where the file is, or shall be; its directory is made when it is missing. */
  readonly path: string
}

/**
 * Opens the embedded store: one SQLite file, kept by this process alone.
 *
 * Appends that are asked for in the same round of the event loop share one commit and one fsync. Positions have no
 * holes and grow in the order of commits.
 *
 * @throws StoreFileRefused when the file is not ours, of a newer format, in use or out of reach; it is left untouched
 * @example
 * const store = await openSqliteEventStore('data/room-ledger.db')
 */
export const openSqliteEventStore = async (options: string | SqliteEventStoreOptions): Promise<EventStore> =>
  keepStore(openFile(typeof options === 'string' ? options : options.path))

/** The store over an open file. */
export const keepStore = ({ db, close }: StoreFile): EventStore => {
  const closing = new AbortController()
  const sleepers: Sleepers = new Set()
  const group = createGroupCommit(createLogWriter(db), () => {
    for (const wake of sleepers) wake()
  })
  const assertOpen = () => {
    if (closing.signal.aborted) throw new StoreUnavailable('SQLite store: it was closed')
  }
  const reader = guarded(createLogReader(db), assertOpen)

  return {
    engine: 'sqlite',
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
    close: async () => {
      if (closing.signal.aborted) return
      group.flush()
      closing.abort()
      close()
    },
  }
}

/** Every read: not after closing, and with the port's errors. */
const guarded = (reader: LogReader, assertOpen: () => void): LogReader => {
  const guard =
    <Args extends readonly unknown[], Result>(read: (...args: Args) => Result) =>
    (...args: Args): Result => {
      assertOpen()
      try {
        return read(...args)
      } catch (error) {
        throw asPortError(error)
      }
    }
  return { head: guard(reader.head), streamPage: guard(reader.streamPage), logPage: guard(reader.logPage) }
}
