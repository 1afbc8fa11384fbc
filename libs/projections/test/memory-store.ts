import { EventEmitter, once } from 'node:events'
import type { CaughtUp, EventStore, EventToAppend, RecordedEvent, SubscribeOptions } from '#event-store'

/** A store without a disk, with just enough of the port to feed projections. */
export interface MemoryStore extends EventStore {
  /** Appends one event without an expectation. */
  add(stream: string, type: string, data?: EventToAppend['data'], metadata?: EventToAppend['metadata'], id?: string): RecordedEvent
  /** How far each subscription was asked to begin. */
  readonly begunAfter: bigint[]
}

export const createMemoryStore = (): MemoryStore => {
  const log: RecordedEvent[] = []
  const revisions = new Map<string, number>()
  const changed = new EventEmitter().setMaxListeners(0)
  const begunAfter: bigint[] = []
  const wanted = (event: RecordedEvent, prefixes: readonly string[] | undefined): boolean =>
    !prefixes || prefixes.some((prefix) => event.stream.startsWith(prefix))

  const add: MemoryStore['add'] = (stream, type, data = {}, metadata = {}, id = `id-${log.length}`) => {
    const revision = (revisions.get(stream) ?? -1) + 1
    revisions.set(stream, revision)
    // Positions have holes, as those of a real store.
    const event = { stream, type, data, metadata, id, revision, position: BigInt(log.length * 10) }
    log.push(event)
    changed.emit('append')
    return event
  }

  async function* subscribe({ after = -1n, prefixes, signal }: SubscribeOptions = {}): AsyncGenerator<RecordedEvent | CaughtUp> {
    begunAfter.push(after)
    let next = log.findIndex(({ position }) => position > after)
    if (next < 0) next = log.length
    for (;;) {
      if (signal?.aborted) return
      for (; next < log.length; next += 1) if (wanted(log[next]!, prefixes)) yield log[next]!
      yield { caughtUp: true, position: log.at(-1)?.position ?? -1n }
      if (next === log.length) await once(changed, 'append', { ...(signal && { signal }) }).catch(() => undefined)
    }
  }

  return {
    recognisesAny: true,
    engine: 'memory',
    begunAfter,
    add,
    subscribe,
    append: async (stream, events) => {
      for (const { type, data, metadata, id } of events) add(stream, type, data, metadata, id)
      return { ok: true, revision: revisions.get(stream)!, position: log.at(-1)!.position, idempotent: false }
    },
    readStream: async function* (stream) {
      yield* log.filter((event) => event.stream === stream)
    },
    readAll: async function* ({ after = -1n, prefixes, limit = Infinity } = {}) {
      yield* log.filter((event) => event.position > after && wanted(event, prefixes)).slice(0, limit)
    },
    head: async () => log.at(-1)?.position ?? -1n,
    last: async (prefixes) => log.findLast((event) => wanted(event, prefixes)),
    close: async () => undefined,
  }
}
