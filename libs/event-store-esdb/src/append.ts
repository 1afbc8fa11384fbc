import { WrongExpectedVersionError } from '@eventstore/db-client'
import type { AppendResult, EventToAppend, ExpectedRevision, RecordedEvent } from '#event-store'
import { createAppendCall } from './append-call.js'
import type { Connection } from './connection.js'
import type { Reader } from './read.js'
import { closedError, createRetrying } from './retry.js'

/**
 * Appends, again and again while the outcome is unknown, always with the same ids and the expectation of the first time:
 * by those the server recognises what it has. With another expectation it would write the events twice.
 */
export const createAppend = (connection: Connection, reader: Reader, patience: number) => {
  const appendOnce = createAppendCall(connection)
  return async (stream: string, events: readonly EventToAppend[], expected: ExpectedRevision): Promise<AppendResult> => {
    if (connection.closing.aborted) throw closedError()
    if (events.length === 0) return checkOnly(reader, stream, expected)
    const retrying = createRetrying(connection, patience)
    for (;;) {
      try {
        const { revision, position = await positionAt(reader, stream, revision) } = await appendOnce(stream, events, expected)
        return { ok: true, revision, position, idempotent: 'unknown' }
      } catch (error) {
        if (error instanceof WrongExpectedVersionError) return { ok: false, expected, actual: await actualOf(error, reader, stream) }
        await retrying.failed(error)
      }
      // Without a revision to compare from, the server only remembers ids in memory, and forgets them when it restarts.
      const written = typeof expected === 'number' || expected === 'noStream' ? undefined : await findWritten(reader, stream, events)
      if (written) return { ok: true, revision: written.revision, position: written.position, idempotent: true }
    }
  }
}

const lastOf = async (reader: Reader, stream: string): Promise<RecordedEvent | undefined> => {
  for await (const event of reader.stream(stream, { direction: 'backwards', limit: 1 })) return event
  return undefined
}

const checkOnly = async (reader: Reader, stream: string, expected: ExpectedRevision): Promise<AppendResult> => {
  const last = await lastOf(reader, stream)
  const actual = last?.revision ?? -1
  const holds = expected === 'any' || (expected === 'exists' ? actual >= 0 : actual === (expected === 'noStream' ? -1 : expected))
  if (!holds) return { ok: false, expected, actual }
  return { ok: true, revision: actual, position: last?.position ?? -1n, idempotent: false }
}

/** The server tells no position of a repeated append whose event is truncated away: then there is none, -1n. */
const positionAt = async (reader: Reader, stream: string, revision: number): Promise<bigint> => {
  for await (const event of reader.stream(stream, { from: revision, limit: 1 })) if (event.revision === revision) return event.position
  return -1n
}

const actualOf = async ({ actualVersion }: WrongExpectedVersionError, reader: Reader, stream: string): Promise<number> => {
  if (actualVersion === 'no_stream') return -1
  return typeof actualVersion === 'bigint' ? Number(actualVersion) : ((await lastOf(reader, stream))?.revision ?? -1)
}

/** @returns the last of `events` as it stands in the stream */
const findWritten = async (reader: Reader, stream: string, events: readonly EventToAppend[]): Promise<RecordedEvent | undefined> => {
  const { id } = events.at(-1)!
  for await (const event of reader.stream(stream, { direction: 'backwards' })) if (event.id === id) return event
  return undefined
}
