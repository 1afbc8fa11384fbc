import { setTimeout as delay } from 'node:timers/promises'
import { EventStoreDBClient } from '@eventstore/db-client'

/** Nothing can be reached with such a connection string; the message says what is wrong with it, without its password. */
export class ConnectionStringRefused extends Error {
  override readonly name = 'ConnectionStringRefused'
}

/** Milliseconds: many calls fail at once, and one new client is enough for all. */
const renewAtMostEvery = 500
/** Milliseconds. */
const longestClosing = 3_000

/** The one client of a store. */
export interface Connection {
  /** Ask for it at each use: it may be made anew. */
  readonly client: EventStoreDBClient
  readonly closing: AbortSignal
  /** Puts a new client in the place of one that is stuck. */
  renew(): void
  close(): Promise<void>
}

/** @throws ConnectionStringRefused */
export const openConnection = (connectionString: string): Connection => {
  const closing = new AbortController()
  let client = openClient(connectionString)
  let madeAt = performance.now()
  return {
    get client() {
      return client
    },
    closing: closing.signal,
    renew: () => {
      if (closing.signal.aborted || performance.now() - madeAt < renewAtMostEvery) return
      // The old one is left to its calls, which end by themselves: disposing of it would leave them waiting for ever.
      client = openClient(connectionString)
      madeAt = performance.now()
    },
    close: async () => {
      closing.abort()
      await Promise.race([client.dispose(), delay(longestClosing, undefined, { ref: false })])
    },
  }
}

const openClient = (connectionString: string): EventStoreDBClient => {
  const refuse = (why: string): never => {
    throw new ConnectionStringRefused(`EventStoreDB connection string: ${why}. Like esdb://user:password@host:2113?tls=true`)
  }
  if (!/^esdb(\+discover)?:\/\//.test(connectionString)) refuse('it must begin with esdb:// or esdb+discover://')
  // Parsed, warned about and ignored by the client: whoever sets it believes something that is not so.
  if (/tlsVerifyCert=false/i.test(connectionString)) refuse('tlsVerifyCert=false has no effect; name the authority with tlsCAFile')
  // Would report conflicts with a wrong revision.
  if (/throwOnAppendFailure=false/i.test(connectionString)) refuse('throwOnAppendFailure=false is not supported')
  try {
    return EventStoreDBClient.connectionString(connectionString)
  } catch (error) {
    // The client's own message may quote the string, and with it the password.
    const aboutFile = error instanceof Error && error.message.includes('certificate')
    return refuse(aboutFile ? 'tlsCAFile, userCertFile or userKeyFile names a file that is not there' : 'it cannot be read')
  }
}

/** The client leaves credentials away where there is no TLS, without a word. */
export const hasUnsentCredentials = (connectionString: string): boolean =>
  /^[^:]+:\/\/[^/?]*@/.test(connectionString) && /[?&]tls=false/i.test(connectionString)
