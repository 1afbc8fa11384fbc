import type { Turns } from '#event-store'
import type { LiveEngine, VendorFailure } from '#live-engine'
import { decideObservation, decideOutcome, isAsRequested, isOpen, type Operation, type RecordedFact, type RoomState } from '#room'
import { deriveId } from '../ledger/envelope.js'
import type { RoomLedger } from '../ledger/room-ledger.js'
import { observe } from './observe.js'

export interface SettleParts {
  readonly live: LiveEngine
  readonly ledger: RoomLedger
  readonly now: () => string
  /** One vendor call per room at a time: looks queue up with the commands. */
  readonly inTurn: Turns['inTurn']
  /** How long after a call without a clear answer the vendor may still carry it out, in milliseconds. */
  readonly graceMs: number
}

/**
 * Ends an operation that no callback has ended, by looking at the vendor's room: confirmed where the room is as asked
 * (or the vendor had said OK), rejected where it is not and never was promised.
 * @returns true when it has ended, false when it must be looked at again later.
 */
export const settle = (parts: SettleParts, { roomId, operationId }: Operation): Promise<boolean> =>
  parts.inTurn(roomId, async () => {
    const { live, ledger, now, graceMs } = parts
    const ended = ({ operations }: RoomState): boolean =>
      operations.some((operation) => operation.operationId === operationId && !isOpen(operation))
    // Its fact may have come while others had their turn.
    if (ended(await ledger.load(roomId))) return true
    const { observation } = await observe(live, roomId, now(), operationId)
    if (!observation) return false
    const { operationId: _, ...drift } = observation
    const { state } = await ledger.record(roomId, (current) => {
      const operation = current.operations.find((known) => known.operationId === operationId)
      if (!operation || !isOpen(operation)) return []
      if (operation.status === 'accepted' || isAsRequested(operation, observation)) return decideObservation(current, observation)
      if (Date.parse(observation.observedAt) < Date.parse(operation.answeredAt ?? operation.requestedAt) + graceMs) return []
      const rejected = { type: 'RequestRejected', data: { operationId, vendor: {}, cause: 'not-as-requested' } } as const
      return [...decideOutcome(current, deriveId('RequestRejected', operationId), rejected), ...decideObservation(current, drift)]
    })
    return ended(state)
  })

/** What a look at the vendor brought; `unanswered` = no clear answer. */
export type Reconciled =
  | {
      readonly outcome: 'looked'
      readonly exists: boolean
      /** The ledger had no fact of it before, and has one now. */
      readonly adopted: boolean
      /** The facts that this look added, in the order of recording. */
      readonly found: readonly RecordedFact[]
      readonly state: RoomState
    }
  | { readonly outcome: 'unanswered'; readonly failure: VendorFailure }

export type ReconcileParts = Omit<SettleParts, 'graceMs'>

/** Asks the vendor about a room and records what no callback told. */
export const reconcile = (parts: ReconcileParts, roomId: string): Promise<Reconciled> =>
  parts.inTurn(roomId, () => lookAndRecord(parts, roomId))

/** Asks about a room that nobody has asked about: what is recorded of it, and whether it still is to be looked at. */
export interface Walk {
  readonly isWanted: (state: RoomState) => boolean
  readonly decide: typeof decideObservation
}

/**
 * The same by the rules of a walk, judged when it is the room's turn.
 * @returns undefined when it was not to be looked at any more.
 */
export const reconcileOnWalk = (parts: ReconcileParts, roomId: string, { isWanted, decide }: Walk): Promise<Reconciled | undefined> =>
  parts.inTurn(roomId, async () => (isWanted(await parts.ledger.load(roomId)) ? lookAndRecord(parts, roomId, decide) : undefined))

const lookAndRecord = async (
  { live, ledger, now }: ReconcileParts,
  roomId: string,
  decide: typeof decideObservation = decideObservation,
): Promise<Reconciled> => {
  const { observation, failure } = await observe(live, roomId, now())
  if (!observation) return { outcome: 'unanswered', failure }
  let wasKnown = true
  const { state, appended } = await ledger.record(roomId, (current) => {
    wasKnown = current.life !== undefined
    return decide(current, observation)
  })
  const found = state.sorted.filter(({ id }) => appended.includes(id)).toSorted((a, b) => a.revision - b.revision)
  return { outcome: 'looked', exists: observation.exists, adopted: !wasKnown && state.life !== undefined, found, state }
}
