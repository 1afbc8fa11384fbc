import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Delivery } from '../../../apps/sandbox/src/callbacks/sender.js'
import type { Sandbox } from '../../../apps/sandbox/src/index.js'

type Row = Readonly<Record<string, unknown>>

/** What `get_room_info` shows of a living room: after a look the ledger must have all of it. */
const shown = [
  'roomName',
  'takeSeatMode',
  'isSeatEnabled',
  'maxSeatCount',
  'maxMemberCount',
  'isMessageDisabled',
  'coverUrl',
  'category',
  'activityStatus',
  'isPublicVisible',
  'notice',
]

/**
 * Where the ledger, after a look at the vendor, says anything else of a room than the vendor.
 *
 * What nobody can ask the vendor for any more is compared only where the callback that told it arrived: how many lives there
 * were, when a room was made or destroyed, why and with which totals, and how a destroyed room looked and who owned it at its end.
 * @param deliveries of this room's callbacks
 */
export const inequalities = (ledger: Row, vendor: Row, deliveries: readonly Delivery[]): string[] => {
  const arrived = (...events: string[]): boolean => {
    const last = deliveries.findLast(({ command }) => events.some((event) => command === `Live.CallbackAfter${event}`))
    return last?.status === 'delivered'
  }
  const gone = vendor['status'] === 'destroyed'
  const [here, there] = [(ledger['info'] ?? {}) as Row, vendor['info'] as Row]
  const compared: (readonly [name: string, here: unknown, there: unknown])[] = [
    ['status', ledger['status'], vendor['status']],
    ['pendingOperations', ledger['pendingOperations'], []],
  ]
  const compare = (...names: string[]): void => names.forEach((name) => compared.push([name, ledger[name], vendor[name]]))
  const compareInfo = (names: readonly string[]): void => names.forEach((name) => compared.push([name, here[name], there[name]]))
  if (arrived('CreateRoom')) compare('createdAt')
  if (deliveries.every(({ command, status }) => command !== 'Live.CallbackAfterCreateRoom' || status === 'delivered')) compare('life')
  if (!gone) {
    compare('owner')
    compareInfo(shown)
  } else {
    if (arrived('ChangeOwner', 'CreateRoom')) compare('owner')
    if (arrived('DestroyRoom')) {
      compare('destroyedAt', 'destroyCause')
      compared.push(['statistics', ledger['statistics'], inOurSpelling(vendor['statistics'] as Row)])
      compareInfo(Object.keys(here).filter((name) => name !== 'roomType' && name !== 'notice'))
    }
  }
  return compared.flatMap(([name, ours, theirs]) =>
    isDeepStrictEqual(ours, theirs) ? [] : [`${name} is ${JSON.stringify(ours)} here and ${JSON.stringify(theirs)} at the vendor`],
  )
}

const inOurSpelling = (totals: Row): Row =>
  Object.fromEntries(Object.entries(totals).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]))

/** Keeps what became of all callbacks of a sandbox, which itself remembers only the latest. */
export const watchDeliveries = (sandbox: Sandbox) => {
  const seen = new Set<Delivery>()
  const look = (): void => sandbox.deliveries().forEach((delivery) => seen.add(delivery))
  const timer = setInterval(look, 100)
  return {
    /** By room, in the order of what happened. */
    ofRooms: (): ReadonlyMap<string, Delivery[]> => {
      look()
      return Map.groupBy([...seen], ({ roomId }) => roomId)
    },
    all: (): readonly Delivery[] => [...seen],
    stop: (): void => clearInterval(timer),
  }
}

/** @returns what still differs after so many milliseconds; the directory and the histories follow the log. */
export const settledInequalities = async (compare: () => Promise<string[]>, patienceMs: number): Promise<string[]> => {
  for (const deadline = Date.now() + patienceMs; ; await delay(50)) {
    const found = await compare()
    if (found.length === 0 || Date.now() > deadline) return found
  }
}
