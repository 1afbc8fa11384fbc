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

export const referenceFold = (facts: readonly RecordedFact[]): ReferenceRoom | undefined => {
  const unique = [...new Map(facts.map((fact) => [fact.id, fact])).values()]
  const todo = unique.toSorted(
    (a, b) =>
      a.metadata.occurredAt.localeCompare(b.metadata.occurredAt) ||
      rankOf(a.type) - rankOf(b.type) ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  )
  let room: ReferenceRoom | undefined
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
    room = take(room, fact)
    if (fact.type === 'RoomDestroyed') todo.unshift(...parked.splice(0))
  }
  return room
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
