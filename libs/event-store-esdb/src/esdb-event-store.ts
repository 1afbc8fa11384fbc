import type { AppendResult, EventStore } from '#event-store'
import { assertAppendable, StoreUnavailable } from '#event-store'
import { createAppend } from './append.js'
import type { Connection } from './connection.js'
import { hasUnsentCredentials } from './connection.js'
import { followLog } from './follow-log.js'
import { createReader, type Reader } from './read.js'
import { createWakeUps } from './wake-up.js'

/** Milliseconds. */
export const defaultPatience = 10_000
/** Whoever starts a service sits before it and waits: what is wrong is to be said within 15 s of the start, loading included. */
const openingPatience = 6_000
/** Appends that may wait for the server, each for as long as there is patience; beyond that one is refused at once. */
const mostUnderWay = 10_000

export interface EsdbEventStoreOptions {
  /** `esdb://user:password@host:2113?tls=true`, see the vendor's description of connection strings. */
  readonly connectionString: string
  /** Told what an operator may want to know. Gets no events and no passwords. */
  readonly log?: (message: string) => void
  /** Milliseconds for which a server that is away is asked again, before a call ends with `StoreUnavailable`. Default 10,000. */
  readonly patience?: number
}

/**
 * The store on EventStoreDB 22.10 or later. The server is asked for the log's head, so that what is wrong shows now.
 *
 * Calls are tried again by themselves for a while, appends with the same ids and the same expectation; subscriptions go
 * on by themselves for as long as it takes. The server's own events (streams that begin with `$`) are not shown. What an
 * append reports as `idempotent` is `unknown`: the server does not tell.
 *
 * @throws StoreUnavailable nobody answers, or access is denied
 */
export const createEsdbEventStore = async (connection: Connection, reader: Reader, options: EsdbEventStoreOptions): Promise<EventStore> => {
  const { connectionString, log = () => undefined, patience = defaultPatience } = options
  if (hasUnsentCredentials(connectionString)) log('EventStoreDB: with tls=false, user and password are not sent')
  const append = createAppend(connection, reader, patience)
  const wakeUps = createWakeUps(connection, log)
  const underWay = new Set<Promise<unknown>>()
  try {
    await createReader(connection, Math.min(patience, openingPatience)).head()
  } catch (error) {
    await connection.close()
    throw error
  }

  return {
    engine: 'eventstoredb',
    recognisesAny: false,
    append: async (stream, events, expected): Promise<AppendResult> => {
      assertAppendable(stream, events, expected)
      if (underWay.size >= mostUnderWay) throw new StoreUnavailable('EventStoreDB store: more waits to be written than the server takes')
      const result = append(stream, events, expected)
      underWay.add(result)
      return result.finally(() => underWay.delete(result))
    },
    readStream: (stream, options = {}) => reader.stream(stream, options),
    readAll: (options = {}) => reader.log(options),
    subscribe: (options = {}) => {
      const ended = options.signal ? AbortSignal.any([options.signal, connection.closing]) : connection.closing
      return followLog(reader, wakeUps.of(options.prefixes), ended, options)
    },
    head: () => reader.head(),
    last: (prefixes) => reader.last(prefixes),
    close: async () => {
      if (connection.closing.aborted) return
      await Promise.allSettled(underWay)
      await connection.close()
    },
  }
}
