import type { LiveEngine, VendorCallResult } from '#live-engine'
import { decideObservation, decideOutcome, isAsRequested, isUnexplained, type Operation, type Outcome } from '#room'
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
  async (operation) => {
    const { kind, roomId, parameters } = operation
    const result = await callVendor(live, kind, roomId, parameters)
    const outcome = toOutcome(operation, result)
    if (result.vendor?.errorCode === alreadyMine && kind === 'create-room' && (await acceptExisting(live, ledger, now, operation, outcome)))
      return
    const { state } = await recordOutcome(ledger, operation, outcome)
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
    case 'unknown':
      return { type: 'RequestUnresolved', data: { operationId, cause: result.cause } }
    default:
      return { type: 'RequestRejected', data: { operationId, vendor: result.vendor } }
  }
}

/** 100010: the id is in use and the operator owns it. It is a success only if the room there is the one asked for. */
const acceptExisting = async (
  live: LiveEngine,
  ledger: RoomLedger,
  now: () => string,
  operation: Operation,
  refusal: Outcome,
): Promise<boolean> => {
  const { observation } = await observe(live, operation.roomId, now(), operation.operationId)
  if (!observation || !isAsRequested(operation, observation) || refusal.type !== 'RequestRejected') return false
  await recordOutcome(ledger, operation, { type: 'RequestAccepted', data: refusal.data })
  await ledger.record(operation.roomId, (state) => decideObservation(state, observation))
  return true
}
