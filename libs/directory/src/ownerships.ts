import { readOwnerTrail, type OwnerTrailEntry, type OwnerTrailItem, type RecordedFact, type RoomState } from '#room'
import type { Ownership } from './directory.js'

/** Whose a room was, and when: one interval per link of its owner trail, and one per owner whose beginning nobody saw. */
export function* ownershipsOf(roomId: string, facts: readonly RecordedFact[]): Generator<Ownership & { readonly account: string }> {
  const { items } = readOwnerTrail(facts.map(toTrailEntry))
  for (const item of items) {
    const { to, life, since, until, timeSource, eventId, link } = item
    yield { account: to, roomId, life, since, until, timeSource, eventId, link }
    const unseen = unseenOwner(item)
    if (unseen !== undefined) yield { account: unseen, roomId, life, since: null, until: since, timeSource: null, eventId, link: null }
  }
}

/**
 * Whom the vendor names as the owner before a change, though nothing tells how they became that: they had the room until
 * then. What reconciliation takes for the owner before is not the vendor's word.
 */
const unseenOwner = ({ link, from, source }: OwnerTrailItem): string | undefined =>
  link === 'continuous' || from === null || source === 'reconciliation' ? undefined : from

/** An account that facts of a room name as an owner, whatever came of it: seen from another time it may have owned the room. */
export interface NamedOwner {
  readonly account: string
  /** When it first happened that it became owner; null: it is only ever named as the one before. */
  readonly namedAt: string | null
  /** When it was first recorded that it is named. */
  readonly knownAt: string | null
  /** Seen from later than this, and with all that is known, it owns the room no more; null: it still does. */
  readonly until: string | null
}

export const namedOwners = (
  facts: readonly RecordedFact[],
  ownerships: readonly (Ownership & { readonly account: string })[],
): Iterable<NamedOwner> => {
  const named = new Map<string, NamedOwner>()
  for (const fact of facts) {
    const { from, to } = ownersIn(fact)
    const { occurredAt, recordedAt } = fact.metadata
    for (const account of new Set([from, to])) {
      if (account === undefined) continue
      const before = named.get(account)
      const becomes = account === to ? occurredAt : null
      named.set(account, {
        account,
        // The facts stand in the order in which they happened, not in that in which they were recorded.
        namedAt: before?.namedAt ?? becomes,
        knownAt: before?.knownAt && before.knownAt < recordedAt ? before.knownAt : recordedAt,
        until: before?.until ?? occurredAt,
      })
    }
  }
  for (const { account, until } of ownerships) {
    const owner = named.get(account)
    if (owner?.until && (until === null || until > owner.until)) named.set(account, { ...owner, until })
  }
  return named.values()
}

const tellOfOwners = new Set<RecordedFact['type']>(['RoomCreated', 'OwnerChanged', 'RoomObserved', 'RoomDestroyed'])

/** Whether the facts that came in since can have moved an interval: those of another kind, at the end, cannot. */
export const mayMoveOwnerships = ({ sorted: before }: RoomState, { sorted }: RoomState): boolean => {
  if (sorted.length === before.length) return false
  const onlyAtTheEnd = before.length > 0 && sorted[before.length - 1] === before.at(-1)
  return !onlyAtTheEnd || sorted.slice(before.length).some(({ type }) => tellOfOwners.has(type))
}

/** A recorded fact as the projection `owner-trail` would emit it, without what intervals do not need. */
const toTrailEntry = (fact: RecordedFact): OwnerTrailEntry => {
  const { occurredAt, timeSource, occurredAfter, recordedAt, source, actor } = fact.metadata
  return {
    revision: fact.revision,
    eventId: fact.id,
    type: fact.type,
    occurredAt,
    timeSource,
    ...(occurredAfter !== undefined && { occurredAfter }),
    recordedAt,
    source,
    actor,
    ...ownersIn(fact),
  }
}

const ownersIn = (fact: RecordedFact): Pick<OwnerTrailEntry, 'from' | 'to' | 'exists'> => {
  switch (fact.type) {
    case 'RoomCreated':
      return fact.data.owner === undefined ? {} : { to: fact.data.owner }
    case 'RoomObserved':
      return { exists: fact.data.exists, ...(fact.data.owner !== undefined && { to: fact.data.owner }) }
    case 'OwnerChanged':
      return { to: fact.data.to, ...(fact.data.from !== undefined && { from: fact.data.from }) }
    default:
      return {}
  }
}
