/**
 * The order in which facts count, and the life of the room that each belongs to: a function of the set of facts
 * alone, so the order of arrival leaves no trace.
 */

/** What placing needs to know of a fact; a recorded fact and an entry of the owner trail both can say it. */
export interface Moment {
  readonly id: string
  readonly type: string
  readonly occurredAt: string
  readonly timeSource: string
  /** Only of `RoomObserved`. */
  readonly exists?: boolean
}

export interface Placed<T> {
  readonly fact: T
  /** 1 for the first life of the room id; 0 for a look at a room that never was there. */
  readonly life: number
  /** This fact began its life. */
  readonly begins: boolean
  /** The life was already over: kept and shown, without effect. */
  readonly afterDestroy: boolean
}

/** Among facts of one millisecond: a create before what it made possible, a destroy after all it ended. */
const ranks: Record<string, number> = {
  RoomCreated: 0,
  RoomMetadataSet: 1,
  RoomMetadataDeleted: 1,
  RoomAdminsChanged: 1,
  RoomUpdated: 2,
  OwnerChanged: 3,
  RoomObserved: 4,
  RoomDestroyed: 5,
}

/** Orders facts by (occurredAt, cause rank, id). RFC 3339 UTC times of one format compare as text. */
export const compareMoments = (a: Moment, b: Moment): number =>
  compareText(a.occurredAt, b.occurredAt) || (ranks[a.type] ?? 9) - (ranks[b.type] ?? 9) || compareText(a.id, b.id)

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Where the room stands between two facts. */
interface Standing {
  life: number
  open: boolean
}

const place = <T>(standing: Standing, fact: T, { type, exists }: Moment): Placed<T> => {
  const looksEmpty = type === 'RoomObserved' && exists === false
  const begins =
    type === 'RoomCreated' || (standing.life === 0 && !looksEmpty) || (type === 'RoomObserved' && !looksEmpty && !standing.open)
  if (begins) {
    standing.life += 1
    standing.open = true
  }
  const afterDestroy = standing.life > 0 && !standing.open && !looksEmpty
  if (type === 'RoomDestroyed') standing.open = false
  return { fact, life: standing.life, begins, afterDestroy }
}

/**
 * Puts facts into the order in which they count and tells the life of each.
 *
 * A create that is only known to the second (`createTime`) and would fall into a life that is destroyed within that
 * same second waits for that destroy: the room id was used again at once.
 */
export const placeFacts = <T>(facts: Iterable<T>, momentOf: (fact: T) => Moment): Placed<T>[] => {
  const sorted = [...facts].map((fact) => ({ fact, moment: momentOf(fact) })).toSorted((a, b) => compareMoments(a.moment, b.moment))
  const standing: Standing = { life: 0, open: false }
  const placed: Placed<T>[] = []
  const waiting: typeof sorted = []
  const put = ({ fact, moment }: (typeof sorted)[number]): void => void placed.push(place(standing, fact, moment))

  sorted.forEach((next, index) => {
    if (standing.open && isLoose(next.moment) && destroyWithinSecond(sorted, index, next.moment)) {
      waiting.push(next)
      return
    }
    put(next)
    if (next.moment.type !== 'RoomDestroyed') return
    while (waiting[0] && !(standing.open && destroyWithinSecond(sorted, index, waiting[0].moment))) put(waiting.shift()!)
  })
  return placed
}

/** A create whose time is a whole second rounded down. */
export const isLoose = (moment: Moment): boolean => moment.type === 'RoomCreated' && moment.timeSource === 'createTime'

const destroyWithinSecond = (sorted: readonly { moment: Moment }[], index: number, create: Moment): boolean => {
  const end = new Date(Date.parse(create.occurredAt) + 1000).toISOString()
  for (let i = index + 1; i < sorted.length; i += 1) {
    const { moment } = sorted[i]!
    if (moment.occurredAt >= end) return false
    if (moment.type === 'RoomDestroyed') return true
    // Another life begins before any destroy: the open one was superseded, its destroy is not in this second.
    if (moment.type === 'RoomCreated' && !isLoose(moment)) return false
  }
  return false
}
