import { setImmediate as pause } from 'node:timers/promises'
import type { EventStore, RecordedEvent } from '#event-store'
import { auditedPrefixes, isAudited } from '../audited.js'
import type { AuditLog } from '../audit-log.js'
import { matches, type ExportFilter } from './filter.js'

/** An event with its place among the leaves. */
export interface Selected {
  readonly index: number
  readonly event: RecordedEvent
}

/** So many events are looked at in one go: others want to be served too. */
const inOneGo = 100

/** What an export is made from. */
export interface ExportSource {
  readonly store: Pick<EventStore, 'readAll' | 'readStream'>
  readonly log: Pick<AuditLog, 'indexOf' | 'leafHash' | 'inclusion'>
}

/** The events among the first `size` leaves that a filter lets through, in recorded order. Those of one room are read from its stream alone. */
export async function* selectLeaves({ store, log }: ExportSource, size: number, filter: ExportFilter): AsyncGenerator<Selected> {
  if (filter.roomId !== undefined) {
    for await (const event of store.readStream(`room-${filter.roomId}`)) {
      const index = log.indexOf(event.id)
      if (index === undefined || index >= size) return
      if (matches(filter, event)) yield { index, event }
      if (event.revision % inOneGo === 0) await pause()
    }
    return
  }
  let index = 0
  if (size === 0) return
  for await (const event of store.readAll({ prefixes: auditedPrefixes })) {
    if (!isAudited(event.stream)) continue
    if (matches(filter, event)) yield { index, event }
    index += 1
    if (index >= size) return
    if (index % inOneGo === 0) await pause()
  }
}
