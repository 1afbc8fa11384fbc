import type { Fact, RecordedFact, RoomEventMetadata, RoomInfo, Statistics } from './events.js'
import type { Moment, Placed } from './timeline.js'
import { compareMoments, placeFacts } from './timeline.js'

/** What the facts say of one life of a room. `null` = not known. */
export interface Life {
  readonly life: number
  readonly status: 'active' | 'destroyed'
  /** `created`: its beginning was seen. `observed`: it was there when first heard of. */
  readonly origin: 'created' | 'observed'
  readonly owner: string | null
  readonly admins: readonly string[]
  readonly info: RoomInfo
  readonly metadata: Readonly<Record<string, string>>
  readonly createdAt: string | null
  readonly updatedAt: string
  readonly destroyedAt: string | null
  readonly destroyCause: string | null
  /** Ids of the facts that tell of its end: the one that ended it and those that only say so again. */
  readonly destroyedBy: readonly string[]
  readonly statistics: Statistics | null
}

/** The facts of one room and the life they lead to (none: never heard of). */
export interface Facts {
  /** By `compareMoments`, each once. */
  readonly sorted: readonly RecordedFact[]
  readonly life: Life | undefined
}

export const noFacts: Facts = { sorted: [], life: undefined }

/** What placing needs of a fact, be it recorded or about to be. */
export const momentOf = (
  fact: Fact & { readonly id: string; readonly metadata: Pick<RoomEventMetadata, 'occurredAt' | 'timeSource'> },
): Moment => ({
  id: fact.id,
  type: fact.type,
  occurredAt: fact.metadata.occurredAt,
  timeSource: fact.metadata.timeSource,
  ...(fact.type === 'RoomObserved' && { exists: fact.data.exists }),
})

/** Folds facts, given in any order and however often, into the youngest life. */
export const foldFacts = (facts: readonly RecordedFact[]): Facts => {
  const seen = new Set<string>()
  return foldSorted(facts.toSorted((a, b) => compareMoments(momentOf(a), momentOf(b))).filter(({ id }) => !seen.has(id) && seen.add(id)))
}

/** Folds facts that stand in their order, each once. */
export const foldSorted = (sorted: readonly RecordedFact[]): Facts => ({
  sorted,
  life: placeFacts(sorted, momentOf).reduce<Life | undefined>(stepLife, undefined),
})

/** Takes one placed fact into account. */
export const stepLife = (current: Life | undefined, { fact, life, begins, afterDestroy }: Placed<RecordedFact>): Life | undefined => {
  if (begins) return apply(newLife(fact, life), fact)
  if (!current) return current
  const tellsEnd = fact.type === 'RoomDestroyed' || (fact.type === 'RoomObserved' && !fact.data.exists)
  if (current.status === 'destroyed' && tellsEnd) return endedAgain(current, fact)
  // A look that found no room ends nothing: the destroy that goes with it does.
  return afterDestroy || (tellsEnd && fact.type === 'RoomObserved') ? current : apply(current, fact)
}

/** Reconciliation found the room gone before the vendor told why: the telling only adds the why. */
const endedAgain = (life: Life, fact: RecordedFact): Life => {
  const destroyedBy = [...life.destroyedBy, fact.id]
  if (fact.type !== 'RoomDestroyed' || life.destroyCause !== null || fact.data.cause === null) return { ...life, destroyedBy }
  return { ...life, destroyedBy, destroyCause: fact.data.cause, statistics: fact.data.statistics ?? life.statistics }
}

const newLife = (fact: RecordedFact, life: number): Life => ({
  life,
  status: 'active',
  origin: fact.type === 'RoomCreated' ? 'created' : 'observed',
  owner: null,
  admins: [],
  info: {},
  metadata: {},
  createdAt: fact.type === 'RoomCreated' ? fact.metadata.occurredAt : null,
  updatedAt: fact.metadata.occurredAt,
  destroyedAt: null,
  destroyCause: null,
  destroyedBy: [],
  statistics: null,
})

const apply = (before: Life, fact: RecordedFact): Life => {
  const life = { ...before, updatedAt: fact.metadata.occurredAt }
  switch (fact.type) {
    case 'RoomCreated':
      return { ...life, owner: fact.data.owner ?? null, info: fact.data.info }
    case 'RoomUpdated':
      return { ...life, info: { ...life.info, ...fact.data.info } }
    case 'OwnerChanged':
      return { ...life, owner: fact.data.to }
    case 'RoomObserved':
      return { ...life, owner: fact.data.owner ?? life.owner, info: { ...life.info, ...fact.data.info } }
    case 'RoomMetadataSet':
      return { ...life, metadata: withEntries(life.metadata, fact.data.entries) }
    case 'RoomMetadataDeleted':
      return { ...life, metadata: withEntries({}, life.metadata, fact.data.keys) }
    case 'RoomAdminsChanged': {
      const others = life.admins.filter((admin) => !fact.data.admins.includes(admin))
      return { ...life, admins: fact.data.change === 'add' ? [...new Set([...others, ...fact.data.admins])].toSorted() : others }
    }
    case 'RoomDestroyed': {
      const { owner: _owner, viewCount: _viewCount, ...info } = fact.data.lastInfo ?? {}
      return {
        ...life,
        status: 'destroyed',
        info: { ...life.info, ...info },
        destroyedAt: fact.metadata.occurredAt,
        destroyCause: fact.data.cause,
        destroyedBy: [fact.id],
        statistics: fact.data.statistics ?? null,
      }
    }
  }
}

/** Keys come from outside, so `__proto__` is a key like any other here. */
const withEntries = (
  base: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>>,
  without: readonly string[] = [],
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(base)
      .concat(Object.entries(added))
      .filter(([key]) => !without.includes(key)),
  )
