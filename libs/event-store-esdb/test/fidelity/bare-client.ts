import { randomUUID } from 'node:crypto'
import type { AppendExpectedRevision, EventData, JSONEventType, ReadStreamOptions, ResolvedEvent } from '@eventstore/db-client'
import { EventStoreDBClient, isCommandError, jsonEvent } from '@eventstore/db-client'
import { afterAll, beforeAll } from 'vitest'
import type { Engine } from '../engines.js'

/** Sends an append down the classic path, where the client otherwise takes the batch path. Means nothing without TLS. */
const classic = { credentials: { username: 'nobody', password: 'nothing' } }

export type Path = 'batch' | 'classic'

export const event = (n = 0, id: string = randomUUID()): EventData =>
  jsonEvent<JSONEventType<string, { n: number }>>({ id, type: 'Counted', data: { n } })

/** What a call comes to, in plain values that can be compared. */
export const outcome = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    return await call
  } catch (error) {
    return describeError(error)
  }
}

export const describeError = (error: unknown): unknown => {
  if (!(error instanceof Error) || !isCommandError(error)) return { error: String(error) }
  const { streamName, expectedVersion, actualVersion, maxAppendSize } = error as unknown as Record<string, unknown>
  const fields = { streamName, expectedVersion, actualVersion, maxAppendSize }
  return { error: error.type, ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) }
}

/** The vendor's client, without the adapter. */
export const bareClient = (engine: Engine) => {
  const server = engine.use()
  let client: EventStoreDBClient | undefined
  beforeAll(() => void (client = EventStoreDBClient.connectionString(server.url)))
  afterAll(() => client?.dispose())
  const current = (): EventStoreDBClient => client!

  return {
    get client() {
      return current()
    },
    append: (stream: string, events: EventData[], expectedRevision: AppendExpectedRevision, path: Path = 'batch') =>
      outcome(
        current()
          .appendToStream(stream, events, { expectedRevision, ...(path === 'classic' && classic) })
          .then(({ success, nextExpectedRevision }) => ({ success, nextExpectedRevision })),
      ),
    read: async (stream: string, options?: ReadStreamOptions): Promise<ResolvedEvent[]> => {
      const events: ResolvedEvent[] = []
      for await (const resolved of current().readStream(stream, options)) events.push(resolved as ResolvedEvent)
      return events
    },
    /** `n` of every event in the stream. */
    numbers: async (stream: string, options?: ReadStreamOptions): Promise<unknown> => {
      const numbers: unknown[] = []
      try {
        for await (const { event } of current().readStream(stream, options)) numbers.push((event?.data as { n?: number } | undefined)?.n)
      } catch (error) {
        return describeError(error)
      }
      return numbers
    },
  }
}

export const uniqueStream = (): string => `fidelity${randomUUID().replaceAll('-', '')}-1`
