import type { RecordedFact } from '../src/index.js'

/**
 * The contract's rules once more, as directly as they can be written: slow, without any of the domain's own code, and
 * only for comparison.
 */
export interface ReferenceRoom {
  life: number
  status: string
  origin: string
  owner: string | null
  info: Record<string, unknown>
  metadata: Record<string, string>
  admins: string[]
  cause: string | null
}

const rank = [
  'RoomCreated',
  'RoomMetadataSet RoomMetadataDeleted RoomAdminsChanged',
  'RoomUpdated',
  'OwnerChanged',
  'RoomObserved',
  'RoomDestroyed',
]
const rankOf = (type: string): number => rank.findIndex((types) => types.split(' ').includes(type))
const second = (fact: RecordedFact): string => fact.metadata.occurredAt.slice(0, 19)

/** Where a fact found the room, and what it left. */
interface Step {
  fact: RecordedFact
  before: ReferenceRoom | undefined
  after: ReferenceRoom | undefined
}

const referenceSteps = (facts: readonly RecordedFact[]): Step[] => {
  const unique = [...new Map(facts.map((fact) => [fact.id, fact])).values()]
  const todo = unique.toSorted(
    (a, b) =>
      a.metadata.occurredAt.localeCompare(b.metadata.occurredAt) ||
      rankOf(a.type) - rankOf(b.type) ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  )
  let room: ReferenceRoom | undefined
  const steps: Step[] = []
  const parked: RecordedFact[] = []
  while (todo.length > 0) {
    const fact = todo.shift()!
    const isLoose = fact.type === 'RoomCreated' && fact.metadata.timeSource === 'createTime'
    if (isLoose && room?.status === 'active') {
      // Its life's destroy in the same second, unless a create of a known time begins another life before that.
      const next = todo.find(
        (other) => other.type === 'RoomDestroyed' || (other.type === 'RoomCreated' && other.metadata.timeSource !== 'createTime'),
      )
      if (next?.type === 'RoomDestroyed' && second(next) === second(fact)) {
        parked.push(fact)
        continue
      }
    }
    const before = room && { ...room }
    room = take(room, fact)
    steps.push({ fact, before, after: room && { ...room } })
    if (fact.type === 'RoomDestroyed') todo.unshift(...parked.splice(0))
  }
  return steps
}

export const referenceFold = (facts: readonly RecordedFact[]): ReferenceRoom | undefined => referenceSteps(facts).at(-1)?.after

export interface ReferenceOwner {
  life: number
  to: string
  since: string | null
  until: string | null
}

/** Who owned the room from when till when; with `unseen`, those too whom only a change away from them names. */
export const referenceOwners = (facts: readonly RecordedFact[]): { chain: ReferenceOwner[]; unseen: ReferenceOwner[] } => {
  const chain: (ReferenceOwner & { from: string | null; looked: boolean; untold: string | undefined })[] = []
  for (const { fact, before, after } of referenceSteps(facts)) {
    const { life } = after ?? { life: 0 }
    const time = fact.metadata.occurredAt
    const begins = life !== (before?.life ?? 0)
    const open = chain.at(-1)
    if (begins && open) open.until ??= time
    if (!begins && before?.status !== 'active') continue
    if (fact.type === 'RoomDestroyed' && open?.life === life) open.until = time
    const to = fact.type === 'OwnerChanged' ? fact.data.to : 'owner' in fact.data ? fact.data.owner : undefined
    if (to === undefined) continue
    const told = fact.type === 'OwnerChanged' ? fact.data.from : undefined
    const looked = fact.metadata.source === 'reconciliation'
    let last = open?.life === life ? open : undefined
    if (looked && last?.to === to) continue
    // The callback of a change that a look had found already: it says when that was.
    if (fact.metadata.source === 'callback' && last?.looked && last.to === to && last.from === told) {
      chain.pop()
      last = chain.at(-1)?.life === life ? chain.at(-1) : undefined
    }
    if (last) last.until = time
    const from = (looked ? last?.to : undefined) ?? told ?? last?.to ?? null
    const since = !last && (looked || fact.type === 'RoomObserved') ? null : time
    const untold = !looked && from !== null && from !== last?.to ? from : undefined
    // A life may begin and end with one fact.
    const until = fact.type === 'RoomDestroyed' ? time : null
    chain.push({ life, to, since, until, from, looked, untold })
  }
  return {
    chain: chain.map(({ life, to, since, until }) => ({ life, to, since, until })),
    unseen: chain.flatMap(({ life, since, untold }) => (untold === undefined ? [] : [{ life, to: untold, since: null, until: since }])),
  }
}

const take = (room: ReferenceRoom | undefined, fact: RecordedFact): ReferenceRoom | undefined => {
  const { type } = fact
  if (type === 'RoomObserved' && !fact.data.exists && room?.status !== 'active') return room
  const opens = !room || type === 'RoomCreated' || (type === 'RoomObserved' && room.status === 'destroyed')
  if (!opens && room?.status === 'destroyed') {
    if (type === 'RoomDestroyed' && room.cause === null) room.cause = fact.data.cause
    return room
  }
  const now: ReferenceRoom = opens
    ? {
        life: (room?.life ?? 0) + 1,
        status: 'active',
        origin: type === 'RoomCreated' ? 'created' : 'observed',
        owner: null,
        info: {},
        metadata: Object.create(null),
        admins: [],
        cause: null,
      }
    : room!
  const { data } = fact
  if ('info' in data) Object.assign(now.info, data.info)
  if ('owner' in data && data.owner) now.owner = data.owner
  if ('to' in data) now.owner = data.to
  if ('entries' in data) for (const [key, value] of Object.entries(data.entries)) now.metadata[key] = value
  if ('keys' in data) for (const key of data.keys) delete now.metadata[key]
  if ('admins' in data)
    now.admins = [...now.admins.filter((admin) => !data.admins.includes(admin)), ...(data.change === 'add' ? new Set(data.admins) : [])]
  if (type === 'RoomDestroyed') {
    const { owner: _, viewCount: __, ...last } = fact.data.lastInfo ?? {}
    Object.assign(now.info, last)
    now.status = 'destroyed'
    now.cause = fact.data.cause
  }
  return now
}
