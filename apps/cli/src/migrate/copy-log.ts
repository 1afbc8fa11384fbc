import type { EventStore, RecordedEvent } from '#event-store'
import { MigrationRefused } from './refused.js'

/** A batch stays well below what EventStoreDB takes in one append (1 MiB), also with what the wire adds. */
const eventsABatch = 500
const bytesABatch = 512 * 1024

/**
 * Copies events in their order, ids, data and metadata as they are.
 *
 * One append is acknowledged before the next is sent: appends to different streams that are under way together reach
 * EventStoreDB's log in any order (measured: 35 of 3,000 overtook others with 4 under way), and the order of the log is
 * what the proofs are made of. Only neighbours of one stream travel together. Each append names the revision it goes
 * behind, so one that was acknowledged to nobody, before a kill, is known again and not written twice.
 *
 * @throws MigrationRefused when somebody else writes to the target, or the target cannot take an event
 */
export const copyLog = async (events: AsyncIterable<RecordedEvent>, target: EventStore, passed: (count: number) => void): Promise<void> => {
  for await (const batch of batchesOf(events)) {
    const { stream, revision } = batch[0]!
    const toAppend = batch.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }))
    const result = await target.append(stream, toAppend, revision === 0 ? 'noStream' : revision - 1).catch((error: unknown) => {
      if (!(error instanceof RangeError)) throw error
      throw new MigrationRefused(`Stream ${stream}, from revision ${revision}: ${error.message}`, { cause: error })
    })
    if (!result.ok) throw new MigrationRefused(conflict(batch[0]!, result.actual))
    // EventStoreDB numbers a stream on that was deleted, though it takes it for none.
    if (result.revision !== revision + batch.length - 1) throw new MigrationRefused(`Stream ${stream} was deleted at the target before.`)
    passed(batch.length)
  }
}

const conflict = ({ stream, revision }: RecordedEvent, actual: number): string =>
  actual < revision - 1
    ? `Stream ${stream}: the source's next event has revision ${revision}, but the target has ${actual + 1} events. ` +
      'Were events removed from one of them? A log with holes cannot be migrated.'
    : `Stream ${stream}: the target has ${actual + 1} events, though only ${revision} were copied. Does a service write to it already? Stop it first.`

/** Neighbours in the log that are neighbours in one stream. */
export async function* batchesOf(events: AsyncIterable<RecordedEvent>): AsyncGenerator<readonly RecordedEvent[]> {
  let batch: RecordedEvent[] = []
  let bytes = 0
  for await (const event of events) {
    const last = batch.at(-1)
    const size = Buffer.byteLength(JSON.stringify([event.type, event.data, event.metadata])) + 100
    const fits = bytes + size <= bytesABatch && batch.length < eventsABatch
    if (last && !(fits && last.stream === event.stream && last.revision + 1 === event.revision)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(event)
    bytes += size
  }
  if (batch.length > 0) yield batch
}
