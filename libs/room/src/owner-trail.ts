import type { Actor, Requester, Source, TimeSource } from './events.js'
import { placeFacts, type Moment } from './timeline.js'

/** One fact as the projection `owner-trail` emits it: what the chain of owners needs, in the order of recording. */
export interface OwnerTrailEntry {
  readonly revision: number
  readonly eventId: string
  readonly type: string
  readonly occurredAt: string
  readonly timeSource: TimeSource
  readonly occurredAfter?: string
  readonly recordedAt: string
  readonly source: Source
  readonly actor: Actor
  readonly operationId?: string
  readonly attribution?: 'unique' | 'ambiguous'
  readonly from?: string
  readonly to?: string
  readonly exists?: boolean
  readonly cause?: string | null
  readonly requestedBy?: Requester
  readonly reason?: string
}

/** An account's time as owner: `[since, until)`; `null` = its beginning was not seen, or it still lasts. */
export interface OwnerTrailItem {
  readonly life: number
  readonly from: string | null
  readonly to: string
  readonly since: string | null
  readonly until: string | null
  readonly timeSource: TimeSource
  readonly occurredAfter?: string
  readonly actor: Actor
  readonly source: Source
  readonly operationId?: string
  readonly requestedBy?: Requester
  readonly reason?: string
  readonly attribution?: 'unique' | 'ambiguous'
  readonly eventId: string
  readonly recordedAt: string
  readonly revision: number
  /** `gap`: the vendor's original owner is not the owner before it in this order. */
  readonly link: 'first' | 'continuous' | 'gap'
  /** Recorded after a younger change of that life, be it one that reconciliation had found and this one explains. */
  readonly late: boolean
}

export interface OwnerTrail {
  readonly items: readonly OwnerTrailItem[]
  readonly continuous: boolean
  readonly gaps: readonly { readonly life: number; readonly expected: string | null; readonly found: string; readonly eventId: string }[]
}

/**
 * Reads the owner audit trail off the emitted entries: in `occurredAt` order within each life, whatever the order they
 * were recorded in. Used alike for every store.
 */
export const readOwnerTrail = (entries: Iterable<OwnerTrailEntry>): OwnerTrail => {
  const placed = placeFacts(entries, momentOf)
  const items: OwnerTrailItem[] = []
  const changes: Change[] = []
  for (const { fact, life, afterDestroy } of placed) {
    const before = items.at(-1)?.life === life ? items.at(-1) : undefined
    if (fact.type === 'RoomDestroyed' && !afterDestroy && before) items[items.length - 1] = { ...before, until: fact.occurredAt }
    if (afterDestroy || fact.to === undefined || life === 0) continue
    // A look at the vendor that shows the owner already known is no change.
    const known = fact.source === 'reconciliation' && before?.to === fact.to
    if (!known || fact.type === 'OwnerChanged') changes.push({ life, eventId: fact.eventId, revision: fact.revision })
    if (known) continue
    // The vendor's clock is ahead of ours, or its callback was slow: it tells how the owner came about that we had only seen.
    const replaces = before && explains(fact, before)
    if (replaces) items.pop()
    const earlier = replaces ? (items.at(-1)?.life === life ? items.at(-1) : undefined) : before
    if (earlier) items[items.length - 1] = { ...earlier, until: fact.occurredAt }
    items.push(toItem(fact, life, earlier))
  }
  const closed = endSuperseded(items, placed)
  const late = lateAmong(changes)
  const marked = closed.map((item) => ({ ...item, late: late.has(item.eventId) }))
  const gaps = marked.flatMap((item, i) =>
    item.link === 'gap' ? [{ life: item.life, expected: marked[i - 1]?.to ?? null, found: item.from ?? '', eventId: item.eventId }] : [],
  )
  return { items: marked, continuous: gaps.length === 0, gaps }
}

/** A callback that tells of the very change that reconciliation had found the result of. */
const explains = (fact: OwnerTrailEntry, { source, to, from }: OwnerTrailItem): boolean =>
  fact.source === 'callback' && source === 'reconciliation' && fact.to === to && fact.from === from

const momentOf = (entry: OwnerTrailEntry): Moment => ({
  id: entry.eventId,
  type: entry.type,
  occurredAt: entry.occurredAt,
  timeSource: entry.timeSource,
  ...(entry.exists !== undefined && { exists: entry.exists }),
})

const toItem = (fact: OwnerTrailEntry, life: number, before: OwnerTrailItem | undefined): OwnerTrailItem => {
  const {
    to,
    occurredAt,
    timeSource,
    occurredAfter,
    actor,
    source,
    operationId,
    requestedBy,
    reason,
    attribution,
    eventId,
    recordedAt,
    revision,
  } = fact
  // What reconciliation took for the owner before is not the vendor's word: it is what the ledger knew by then.
  const from = (source === 'reconciliation' ? before?.to : undefined) ?? fact.from ?? before?.to ?? null
  return {
    life,
    from,
    to: to!,
    since: !before && (fact.type === 'RoomObserved' || source === 'reconciliation') ? null : occurredAt,
    until: null,
    timeSource,
    ...(occurredAfter !== undefined && { occurredAfter }),
    actor,
    source,
    ...(operationId !== undefined && { operationId }),
    ...(requestedBy && { requestedBy }),
    ...(reason !== undefined && { reason }),
    ...(attribution && { attribution }),
    eventId,
    recordedAt,
    revision,
    link: !before ? 'first' : from === before.to ? 'continuous' : 'gap',
    late: false,
  }
}

/** A life whose destroy was lost ends where the next one begins. */
const endSuperseded = (items: readonly OwnerTrailItem[], placed: ReturnType<typeof placeFacts<OwnerTrailEntry>>): OwnerTrailItem[] =>
  items.map((item) => {
    if (item.until !== null) return item
    const next = placed.find(({ begins, life }) => begins && life === item.life + 1)
    return next ? { ...item, until: next.fact.occurredAt } : item
  })

interface Change {
  readonly life: number
  readonly eventId: string
  readonly revision: number
}

/** A change is late when one that stands behind it in the same life was recorded before it. */
const lateAmong = (changes: readonly Change[]): ReadonlySet<string> => {
  const late = new Set<string>()
  let younger: Change | undefined
  for (const change of changes.toReversed()) {
    if (younger?.life !== change.life) younger = undefined
    if (younger && younger.revision < change.revision) late.add(change.eventId)
    else younger = change
  }
  return late
}
