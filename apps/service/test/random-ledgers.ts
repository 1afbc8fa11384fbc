import fc from 'fast-check'
import { facts } from '../../../libs/room/test/arbitraries.js'
import { at } from '../../../libs/room/test/given.js'
import { isFact, type Outcome, type RecordedFact, type Request, type RoomEvent, type Standpoint } from '#room'

/** Ledgers that share their accounts. */
const groupSize = 20

export interface Ledger {
  /** Ledgers of one group share their accounts. */
  readonly group: number
  readonly roomId: string
  readonly events: readonly RoomEvent[]
  readonly standpoint: Standpoint
}

const moment = fc.integer({ min: -1, max: 3501 })
const operation = fc.constantFrom('a', 'b', undefined)
const call = fc.oneof(
  fc.constantFrom('RoomDestructionRequested', 'OwnerChangeRequested').map((type) => ({ type, parameters: { newOwner: 'ben' } })),
  fc.constantFrom('RequestAccepted', 'RequestRejected', 'RequestUnresolved').map((type) => ({ type, parameters: undefined })),
)

/** The calls of one operation: asked for once, then whatever is answered. */
const toCall = ({ type, parameters }: { type: string; parameters: object | undefined }, roomId: string, operationId: string) =>
  (parameters
    ? { type, data: { operationId, roomId, parameters, requestedBy: { kind: 'apiKey', id: 'dashboard' } } }
    : { type, data: { operationId, cause: 'x', vendor: { errorCode: 0 }, statistics: { totalViewers: 3 } } }) as Request | Outcome

/** Any facts and calls, recorded at any time by clocks that differ; those who look back stand at the times of events, or beside them. */
const ledgerOf = (n: number): fc.Arbitrary<Ledger> => {
  const roomId = `room ${String(n).padStart(4, '0')}`
  const group = Math.floor(n / groupSize)
  const calls = fc.array(fc.tuple(call, fc.constantFrom('a', 'b'), moment), { maxLength: 5 })
  return fc
    .tuple(facts({ maxLength: 12 }), calls, fc.infiniteStream(fc.tuple(moment, operation, fc.boolean())))
    .chain(([all, called, drawn]) => {
      const known = all.map((one): RecordedFact => {
        const [recorded, operationId, found] = drawn.next().value
        const byLook = one.type === 'RoomObserved' || (one.type === 'OwnerChanged' && found)
        const metadata = {
          ...one.metadata,
          recordedAt: at(recorded),
          ...(byLook && ({ source: 'reconciliation', timeSource: 'observed' } as const)),
          ...(operationId !== undefined && { operationId }),
        }
        return { ...one, metadata }
      })
      const answers = called.map(([one, operationId, ms]) => ({ ...toCall(one, roomId, operationId), ms }))
      const others = answers.map(({ ms, ...event }) => ({
        ...event,
        metadata: { ...metadataOfCalls, occurredAt: at(ms), recordedAt: at(ms) },
      }))
      const mixed = fc.shuffledSubarray([...known, ...others], { minLength: known.length + others.length })
      return mixed.chain((order) => {
        const events = inTurn(order as RoomEvent[]).map((event, revision) => named(event, roomId, group, n, revision))
        const time = (name: 'occurredAt' | 'recordedAt') =>
          fc.oneof(moment.map(at), ...(events.length > 0 ? [fc.constantFrom(...events.map(({ metadata }) => metadata[name]))] : []))
        const [happened, recorded] = [time('occurredAt'), time('recordedAt')]
        const standpoint = fc.oneof(
          happened.map((T) => ({ at: T })),
          recorded.map((K) => ({ knownAt: K })),
          fc.tuple(happened, recorded).map(([T, K]) => ({ at: T, knownAt: K })),
        )
        return standpoint.map((from) => ({ roomId, group, events, standpoint: from }))
      })
    })
}

const metadataOfCalls = {
  schema: 1,
  source: 'command',
  timeSource: 'received',
  salt: '',
  actor: { kind: 'apiClient', id: 'dashboard' },
  sdkAppId: 1,
} as const

/** Without what the service never writes: a second request of one operation, and answers to what nobody has asked for yet. */
const inTurn = (events: readonly RoomEvent[]): RoomEvent[] => {
  const asked = new Set<string>()
  return events.filter((event) => {
    const operationId = isFact(event) ? event.metadata.operationId : event.data.operationId
    if (operationId === undefined) return true
    const was = asked.has(operationId)
    if (isFact(event) || !('parameters' in event.data)) return was
    asked.add(operationId)
    return !was
  })
}

/** With ids as the store wants them, in the same order, and the accounts of the group. */
const named = (event: RoomEvent, roomId: string, group: number, n: number, revision: number): RoomEvent => {
  const tie = isFact(event) ? event.id[0]! : 'a'
  const number = String(n * 100 + revision).padStart(12, '0')
  const data = JSON.parse(JSON.stringify(event.data), (key, value: unknown) =>
    ['owner', 'from', 'to', 'newOwner'].includes(key) ? `${String(value)}-${group}` : value,
  ) as object
  return { ...event, data: { ...data, roomId }, id: `${tie}0000000-0000-5000-8000-${number}`, revision, position: '' } as RoomEvent
}

/** Ledgers of rooms whose ids stand in their order; the same seed gives the same. */
export const randomLedgers = (count: number, seed: number): Ledger[] =>
  Array.from({ length: count }, (_, n) => fc.sample(ledgerOf(n), { numRuns: 1, seed: seed + n })[0]!)
