import { randomUUID } from 'node:crypto'
import type { CaughtUp, EventStore, EventToAppend, ExpectedRevision, RecordedEvent } from '../src/index.js'

/** What an adapter's tests hand to the conformance suite. */
export interface StoreUnderTest {
  readonly store: EventStore
  /** Closes the store and opens it again on what it has kept. Left out where there is nothing to keep. */
  readonly reopen?: () => Promise<EventStore>
  readonly close: () => Promise<void>
}

/** A category of its own for each test, since the store may hold other people's events. */
export const uniqueCategory = (): string => `conformance${randomUUID().replaceAll('-', '')}`

export const event = (n = 0, extra: Partial<EventToAppend> = {}): EventToAppend => ({
  id: randomUUID(),
  type: 'Counted',
  data: { n },
  metadata: { by: 'conformance' },
  ...extra,
})

export const eventsUpTo = (count: number): EventToAppend[] => Array.from({ length: count }, (_, n) => event(n))

export const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}

export const numbersOf = (events: readonly RecordedEvent[]) => events.map(({ data }) => data['n'])

export const isCaughtUp = (item: RecordedEvent | CaughtUp): item is CaughtUp => 'caughtUp' in item

/** Appends and insists that it worked. */
export const appendOk = async (store: EventStore, stream: string, events: readonly EventToAppend[], expected: ExpectedRevision = 'any') => {
  const result = await store.append(stream, events, expected)
  if (!result.ok) throw new Error(`append to ${stream} expected ${expected}, found ${result.actual}`)
  return result
}

/** Fails loudly instead of hanging when what is waited for never comes. */
export const within = async <T>(ms: number, what: string, promise: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
