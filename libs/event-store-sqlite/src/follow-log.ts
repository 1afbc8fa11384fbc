import { setImmediate as nextRound } from 'node:timers/promises'
import type { CaughtUp, ReadAllOptions, ReadStreamOptions, RecordedEvent, SubscribeOptions } from '#event-store'
import type { LogReader } from './read-log.js'

// Between two pages the process gets to its other work.

export async function* readStreamPages(reader: LogReader, stream: string, options: ReadStreamOptions): AsyncGenerator<RecordedEvent> {
  const { direction = 'forwards', from, limit = Number.MAX_SAFE_INTEGER } = options
  const step = direction === 'forwards' ? 1 : -1
  let next = from ?? (step > 0 ? 0 : Number.MAX_SAFE_INTEGER)
  let left = limit
  while (left > 0) {
    const { events, more } = reader.streamPage(stream, direction, next, left)
    yield* events
    if (!more) return
    left -= events.length
    next = events.at(-1)!.revision + step
    await nextRound()
  }
}

export async function* readLogPages(reader: LogReader, options: ReadAllOptions): AsyncGenerator<RecordedEvent> {
  const { after = -1n, prefixes, limit = Number.MAX_SAFE_INTEGER } = options
  const end = reader.head()
  let position = Number(after)
  let left = limit
  while (left > 0 && position < end) {
    const page = reader.logPage(position, end, prefixes, left)
    yield* page.events
    left -= page.events.length
    position = page.position
    if (left > 0 && position < end) await nextRound()
  }
}

/** Who wants to be called after the next commit. */
export type Sleepers = Set<() => void>

/** @param ended ends the subscription at once, whatever it is doing */
export async function* followLog(
  reader: LogReader,
  sleepers: Sleepers,
  ended: AbortSignal,
  { after = -1n, prefixes }: SubscribeOptions,
): AsyncGenerator<RecordedEvent | CaughtUp> {
  let position = Number(after)
  while (!ended.aborted) {
    const end = reader.head()
    if (position < end) {
      const page = reader.logPage(position, end, prefixes, Number.MAX_SAFE_INTEGER)
      for (const event of page.events) {
        if (ended.aborted) return
        yield event
      }
      position = page.position
      if (position < end) await nextRound()
      if (position < end) continue
    }
    if (ended.aborted) return
    yield { caughtUp: true, position: BigInt(position) }
    if (!ended.aborted && reader.head() <= position) await nextCommit(sleepers, ended)
  }
}

const nextCommit = (sleepers: Sleepers, ended: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const wake = () => {
      sleepers.delete(wake)
      ended.removeEventListener('abort', wake)
      resolve()
    }
    sleepers.add(wake)
    ended.addEventListener('abort', wake)
    if (ended.aborted) wake()
  })
