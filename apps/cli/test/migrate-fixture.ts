import { randomUUID } from 'node:crypto'
import type { EventStore, EventToAppend, RecordedEvent } from '#event-store'
import type { BeginStep } from '../src/migrate/progress.js'

export const silent: BeginStep = () => ({ advance: () => undefined, end: () => undefined })

export const anEvent = (n: number, extra: Partial<EventToAppend> = {}): EventToAppend => ({
  id: randomUUID(),
  type: 'RoomUpdated',
  data: { n },
  metadata: { recordedAt: new Date(1_700_000_000_000 + n).toISOString(), salt: randomUUID() },
  ...extra,
})

/** Writes one event for each name, in this order. */
export const write = async (store: EventStore, streams: readonly string[]): Promise<readonly EventToAppend[]> => {
  const events = streams.map((_, n) => anEvent(n))
  for (const [n, stream] of streams.entries()) await store.append(stream, [events[n]!], 'any')
  return events
}

/** The log without what each store counts in its own way. */
export const contentOf = async (store: EventStore): Promise<readonly Omit<RecordedEvent, 'position'>[]> => {
  const content: Omit<RecordedEvent, 'position'>[] = []
  for await (const { position: _, ...event } of store.readAll()) content.push(event)
  return content
}
