import { once, EventEmitter } from 'node:events'
import type { CaughtUp, EventStore, ReadAllOptions, ReadStreamOptions, RecordedEvent, SubscribeOptions } from '../src/index.js'
import { assertAppendable, judgeAppend, StoreUnavailable } from '../src/index.js'

/** The port in its simplest form: for tests of what stands on it, and to show that the conformance suite asks for no more. */
export const createMemoryStore = (): EventStore => {
  const log: RecordedEvent[] = []
  const closing = new AbortController()
  const commits = new EventEmitter().setMaxListeners(0)
  const head = () => log.at(-1)?.position ?? -1n
  const inStream = (stream: string) => log.filter((event) => event.stream === stream)
  const assertOpen = () => {
    if (closing.signal.aborted) throw new StoreUnavailable('the store is closed')
  }

  async function* readStream(stream: string, { direction = 'forwards', from, limit = Infinity }: ReadStreamOptions = {}) {
    assertOpen()
    const events =
      direction === 'forwards'
        ? inStream(stream).filter(({ revision }) => revision >= (from ?? 0))
        : inStream(stream)
            .filter(({ revision }) => revision <= (from ?? Infinity))
            .toReversed()
    yield* events.slice(0, limit)
  }

  async function* readAll({ after = -1n, prefixes, limit = Infinity }: ReadAllOptions = {}) {
    assertOpen()
    yield* log.filter(({ position, stream }) => position > after && wanted(stream, prefixes)).slice(0, limit)
  }

  async function* subscribe({ after = -1n, prefixes, signal }: SubscribeOptions = {}): AsyncGenerator<RecordedEvent | CaughtUp> {
    const ended = AbortSignal.any([closing.signal, ...(signal ? [signal] : [])])
    let position = after
    while (!ended.aborted) {
      for (const event of log.filter((candidate) => candidate.position > position)) {
        position = event.position
        if (!wanted(event.stream, prefixes)) continue
        yield event
        if (ended.aborted) return
      }
      if (head() > position) continue
      yield { caughtUp: true, position }
      if (head() <= position) await once(commits, 'commit', { signal: ended }).catch(() => undefined)
    }
  }

  return {
    engine: 'memory',
    recognisesAny: true,
    append: async (stream, events, expected) => {
      assertAppendable(stream, events, expected)
      assertOpen()
      const written = inStream(stream)
      const last = written.length - 1
      const known = new Map(written.map(({ id, revision }) => [id, revision]))
      const verdict = judgeAppend(
        expected,
        last,
        events.map(({ id }) => known.get(id)),
      )
      if (verdict.kind === 'conflict') return { ok: false, expected, actual: last }
      const idempotent = verdict.kind === 'idempotent'
      if (!idempotent) {
        for (const [index, event] of structuredClone(events).entries()) {
          log.push({ ...event, stream, revision: last + 1 + index, position: BigInt(log.length + 1) })
        }
        commits.emit('commit')
      }
      const revision = idempotent ? verdict.revision : last + events.length
      return { ok: true, revision, position: inStream(stream)[revision]?.position ?? -1n, idempotent }
    },
    readStream,
    readAll,
    subscribe,
    head: async () => head(),
    last: async (prefixes) => log.findLast(({ stream }) => wanted(stream, prefixes)),
    close: async () => closing.abort(),
  }
}

const wanted = (stream: string, prefixes?: readonly string[]) => !prefixes || prefixes.some((prefix) => stream.startsWith(prefix))
