import { v7 as uuidV7 } from 'uuid'
import { StoreUnavailable, type EventStore, type Turns } from '#event-store'
import type { Admission, Permit } from '#live-engine'
import { Problem } from '#platform'
import { decideRequest, isOpen, type Command, type Operation, type OperationKind, type OperationParameters, type Requester } from '#room'
import { deriveId } from '../ledger/envelope.js'
import type { RoomLedger } from '../ledger/room-ledger.js'
import { heldProblem } from '../vendor-problem.js'
import { claimKey, keyedOperationId } from './idempotency.js'

export interface OperationRequest {
  readonly kind: OperationKind
  readonly roomId: string
  readonly parameters: OperationParameters
  readonly reason?: string | undefined
  readonly requestedBy: Requester
  readonly idempotencyKey?: string | undefined
  readonly ifMatch?: readonly (number | '*')[] | undefined
  /** How long the answer may be held back until the operation has ended. */
  readonly waitMs: number
}

/** Calls the vendor for an operation that is written down, and writes down what came of it. */
export type Execute = (operation: Operation, permit: Permit) => Promise<void>

export interface OperationRunnerParts {
  readonly ledger: RoomLedger
  readonly store: EventStore
  readonly now: () => string
  readonly execute: Execute
  /** Whether the vendor may be called now: asked before anything is written. */
  readonly admit: (kind: OperationKind) => Promise<Admission>
  /** One vendor call per room at a time. */
  readonly inTurn: Turns['inTurn']
  /** Once aborted, no answer is held back any longer: the service stops, and takes no callback that could end an operation. */
  readonly stopping: AbortSignal
}

/** A command's way: find a place for the call, claim the key, write the request down, call the vendor, write the outcome down, perhaps wait for the fact. */
export const createOperationRunner = ({ ledger, store, now, execute, admit, inTurn, stopping }: OperationRunnerParts) => {
  /** How the operation stands; while the store cannot be read, how it was known to stand. */
  const refresh = async (known: Operation): Promise<Operation> => {
    const { operations } = await ledger.load(known.roomId).catch((error: unknown) => {
      if (error instanceof StoreUnavailable) return { operations: [known] }
      throw error
    })
    return operationOf(operations, known.operationId)
  }

  const ended = async (written: Operation, deadline: number): Promise<Operation> => {
    for (let known = written; ;) {
      // Asked for before reading, so that a change in between is not slept through; the bound lets in what other instances write.
      const change = ledger.changed(known.roomId, Math.max(0, Math.min(250, deadline - performance.now())))
      known = await refresh(known)
      if (!isOpen(known) || performance.now() >= deadline || stopping.aborted) return known
      await change
    }
  }

  return async (request: OperationRequest): Promise<Operation> => {
    const { kind, roomId, parameters, reason, requestedBy, idempotencyKey, ifMatch, waitMs } = request
    const deadline = performance.now() + waitMs
    const keyed = idempotencyKey === undefined ? undefined : { key: idempotencyKey, kind, roomId, parameters, reason, requestedBy }
    const operationId = keyed ? keyedOperationId(keyed) : uuidV7()
    const command: Command = {
      operationId,
      kind,
      roomId,
      parameters,
      ...(reason !== undefined && { reason }),
      requestedBy,
      requestId: deriveId('request', operationId),
      ...(ifMatch && { ifMatch }),
    }
    const isKnown = async (): Promise<boolean> =>
      keyed !== undefined && (await ledger.load(roomId)).operations.some((operation) => operation.operationId === operationId)
    const write = async (permit: Permit | undefined): Promise<Operation> => {
      if (keyed) await claimKey(store, now, keyed)
      const { appended, state } = await ledger.record(roomId, (current) => {
        const decision = decideRequest(current, command)
        if (!decision.ok) throw preconditionFailed(decision.revision)
        return decision.events
      })
      const operation = operationOf(state.operations, operationId)
      // From here on the vendor may have done it. "Come again" would be a lie: the settlement ends what stays open.
      if (appended.length > 0 && permit)
        await execute(operation, permit).catch((error: unknown) => {
          if (!(error instanceof StoreUnavailable)) throw error
        })
      return operation
    }
    // One call per room at a time: the vendor promises no order, so the second is sent when the first was answered.
    const written = await inTurn(roomId, async () => {
      // A repetition calls nobody: it is answered whether the vendor is there or not.
      if (await isKnown()) return write(undefined)
      const admission = await admit(kind)
      if (!admission.permit) throw heldProblem(admission.refused, admission.retryAfterMs)
      return write(admission.permit).finally(admission.permit.release)
    })
    return ended(written, deadline)
  }
}
export type OperationRunner = ReturnType<typeof createOperationRunner>

const operationOf = (operations: readonly Operation[], operationId: string): Operation =>
  operations.find((operation) => operation.operationId === operationId)!

const preconditionFailed = (revision: number): Problem =>
  new Problem({
    type: 'precondition-failed',
    detail: revision < 0 ? 'The ledger does not know this room.' : `The room stands at revision ${revision}.`,
    ...(revision >= 0 && { headers: { ETag: `"${revision}"` } }),
  })
