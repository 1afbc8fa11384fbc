import type { ResolvedEvent } from '@eventstore/db-client'
import { BACKWARDS, END, FORWARDS, START } from '@eventstore/db-client'
import type { ReadAllOptions, ReadStreamOptions, RecordedEvent } from '#event-store'
import type { Connection } from './connection.js'
import { drain } from './drain.js'
import { faultOf } from './fault.js'
import { readLogFiltered } from './filtered-read.js'
import { isSystem, toRecorded } from './recorded.js'
import { closedError, createRetrying } from './retry.js'

/** Milliseconds without an answer after which a read is broken off and begun again where it stood. */
const silence = 5_000

export interface Reader {
  stream(stream: string, options: ReadStreamOptions): AsyncGenerator<RecordedEvent>
  /** @param end last position to give; default: the log's end when the reading begins */
  log(options: ReadAllOptions, end?: bigint): AsyncGenerator<RecordedEvent>
  head(): Promise<bigint>
  last(prefixes: readonly string[]): Promise<RecordedEvent | undefined>
}

/** Reads go on behind the last event that came, however often the server goes away in between, as long as there is patience. */
export const createReader = (connection: Connection, patience: number): Reader => {
  async function* stream(name: string, { direction = 'forwards', from, limit }: ReadStreamOptions): AsyncGenerator<RecordedEvent> {
    if (connection.closing.aborted) throw closedError()
    const step = direction === 'forwards' ? 1 : -1
    let next = from ?? (step > 0 ? 0 : undefined)
    let left = limit ?? Number.MAX_SAFE_INTEGER
    if (isSystem(name)) return
    const retrying = createRetrying(connection, patience)
    const open = () =>
      connection.client.readStream(name, {
        direction: step > 0 ? FORWARDS : BACKWARDS,
        fromRevision: next === undefined ? END : next === 0 && step > 0 ? START : BigInt(next),
        maxCount: left,
      })
    while (left > 0 && (next === undefined || next >= 0)) {
      try {
        for await (const resolved of drain<ResolvedEvent>(open, connection.closing, silence)) {
          const event = toRecorded(resolved)
          if (!event) continue
          retrying.progressed()
          next = event.revision + step
          left -= 1
          yield event
        }
        if (connection.closing.aborted) throw closedError()
        return
      } catch (error) {
        if (faultOf(error) === 'missing') return
        await retrying.failed(error)
      }
    }
  }

  async function* log(
    { after = -1n, prefixes, limit = Number.MAX_SAFE_INTEGER }: ReadAllOptions,
    end?: bigint,
  ): AsyncGenerator<RecordedEvent> {
    if (connection.closing.aborted) throw closedError()
    const last = end ?? (await head())
    const wanted = prefixes?.includes('') ? undefined : prefixes
    const retrying = createRetrying(connection, patience)
    let position = after
    let left = limit
    const open = () =>
      readLogFiltered(connection.client, {
        direction: 'forwards',
        ...(position >= 0n && { from: position }),
        // The event that stands at the position itself comes once more.
        limit: Math.min(left + 1, Number.MAX_SAFE_INTEGER),
        ...(wanted && { prefixes: wanted }),
      })
    if (wanted?.length === 0) return
    while (left > 0 && position < last) {
      try {
        for await (const resolved of drain<ResolvedEvent>(open, connection.closing, silence)) {
          const event = toRecorded(resolved)
          if (!event || event.position <= position) continue
          if (event.position > last) return
          retrying.progressed()
          position = event.position
          left -= 1
          yield event
          if (left === 0) return
        }
        if (connection.closing.aborted) throw closedError()
        return
      } catch (error) {
        await retrying.failed(error)
      }
    }
  }

  /** @param prefixes left out: every stream but the system's */
  const youngest = async (prefixes?: readonly string[]): Promise<RecordedEvent | undefined> => {
    if (connection.closing.aborted) throw closedError()
    if (prefixes?.length === 0) return undefined
    const retrying = createRetrying(connection, patience)
    const wanted = prefixes?.includes('') ? undefined : prefixes
    const open = () => readLogFiltered(connection.client, { direction: 'backwards', limit: 1, ...(wanted && { prefixes: wanted }) })
    for (;;) {
      try {
        for await (const resolved of drain<ResolvedEvent>(open, connection.closing, silence)) {
          const event = toRecorded(resolved)
          if (event) return event
        }
        return undefined
      } catch (error) {
        await retrying.failed(error)
      }
    }
  }

  const head = async (): Promise<bigint> => (await youngest())?.position ?? -1n

  return { stream, log, head, last: youngest }
}
