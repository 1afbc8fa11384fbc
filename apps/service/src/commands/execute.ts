import type { LiveEngine, VendorCallResult } from '#live-engine'
import { decideObservation, decideOutcome, isAsRequested, isUnexplained, type Observation, type Operation, type Outcome } from '#room'
import { deriveId } from '../ledger/envelope.js'
import type { RoomLedger } from '../ledger/room-ledger.js'
import { observe } from '../settlement/observe.js'
import { callVendor } from './call-vendor.js'
import type { Execute } from './operation-runner.js'

/** The vendor's code that needs a second look before it means anything. */
const alreadyMine = 100010

/**
 * Calls the vendor once and records the outcome. Never throws for the vendor's sake: what is not clear is recorded as
 * unresolved and left to the settlement.
 * @param askAbout tells the settlement of a room that the ledger and the vendor seem to differ on.
 */
export const createExecute =
  (live: LiveEngine, ledger: RoomLedger, now: () => string, askAbout: (roomId: string) => void): Execute =>
  async (operation, permit) => {
    const { kind, roomId, parameters } = operation
    const result = await callVendor(live, kind, roomId, parameters, permit)
    const { outcome, observation } =
      result.vendor?.errorCode === alreadyMine && kind === 'create-room'
        ? await judgeExisting(live, now, operation, result)
        : { outcome: toOutcome(operation, result) }
    const { state } = await recordOutcome(ledger, operation, outcome)
    if (observation) await ledger.record(roomId, (current) => decideObservation(current, observation))
    if (isUnexplained(state)) askAbout(roomId)
  }

export const recordOutcome = (ledger: RoomLedger, { roomId, operationId }: Operation, outcome: Outcome) =>
  ledger.record(roomId, (state) => decideOutcome(state, deriveId(outcome.type, operationId), outcome))

const toOutcome = ({ operationId }: Operation, result: VendorCallResult): Outcome => {
  switch (result.outcome) {
    case 'ok':
      return {
        type: 'RequestAccepted',
        data: { operationId, vendor: result.vendor, ...(result.statistics && { statistics: result.statistics }) },
      }
    case 'held':
    case 'unknown':
      return { type: 'RequestUnresolved', data: { operationId, cause: result.cause } }
    default:
      return { type: 'RequestRejected', data: { operationId, vendor: result.vendor } }
  }
}

/**
 * 100010: the id is in use and the operator owns it. It is a success only if the room there is the one asked for; as long
 * as that cannot be seen, it is open.
 */
const judgeExisting = async (
  live: LiveEngine,
  now: () => string,
  operation: Operation,
  result: VendorCallResult,
): Promise<{ readonly outcome: Outcome; readonly observation?: Observation }> => {
  const { observation, failure } = await observe(live, operation.roomId, now(), operation.operationId)
  const { operationId } = operation
  if (observation && result.vendor && isAsRequested(operation, observation))
    return { outcome: { type: 'RequestAccepted', data: { operationId, vendor: result.vendor } }, observation }
  if (failure && (failure.outcome === 'unknown' || failure.outcome === 'held' || failure.outcome === 'throttled'))
    return { outcome: { type: 'RequestUnresolved', data: { operationId, cause: `vendor-${alreadyMine}` } } }
  return { outcome: toOutcome(operation, result) }
}
