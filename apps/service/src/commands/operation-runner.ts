import { v7 as uuidV7 } from 'uuid'
import type { EventStore, Turns } from '#event-store'
import { Problem } from '#platform'
import { decideRequest, isOpen, type Command, type Operation, type OperationKind, type OperationParameters, type Requester } from '#room'
import { deriveId } from '../ledger/envelope.js'
import type { RoomLedger } from '../ledger/room-ledger.js'
import { claimKey } from './idempotency.js'

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
export type Execute = (operation: Operation) => Promise<void>

export interface OperationRunnerParts {
  readonly ledger: RoomLedger
  readonly store: EventStore
  readonly now: () => string
  readonly execute: Execute
  /** One vendor call per room at a time. */
  readonly inTurn: Turns['inTurn']
  /** Once aborted, no answer is held back any longer: the service stops, and takes no callback that could end an operation. */
  readonly stopping: AbortSignal
}

/** A command's way: claim the key, write the request down, call the vendor, write the outcome down, perhaps wait for the fact. */
export const createOperationRunner = ({ ledger, store, now, execute, inTurn, stopping }: OperationRunnerParts) => {
  const find = async (roomId: string, operationId: string): Promise<Operation> => {
    const { operations } = await ledger.load(roomId)
    return operations.find((operation) => operation.operationId === operationId)!
  }

  const ended = async (roomId: string, operationId: string, deadline: number): Promise<Operation> => {
    for (;;) {
      // Asked for before reading, so that a change in between is not slept through; the bound lets in what other instances write.
      const change = ledger.changed(roomId, Math.max(0, Math.min(250, deadline - performance.now())))
      const operation = await find(roomId, operationId)
      if (!isOpen(operation) || performance.now() >= deadline || stopping.aborted) return operation
      await change
    }
  }

  return async (request: OperationRequest): Promise<Operation> => {
    const { kind, roomId, parameters, reason, requestedBy, idempotencyKey, ifMatch, waitMs } = request
    const deadline = performance.now() + waitMs
    const operationId =
      idempotencyKey === undefined
        ? uuidV7()
        : await claimKey(store, now, { key: idempotencyKey, kind, roomId, parameters, reason, requestedBy })
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
    // One call per room at a time: the vendor promises no order, so the second is sent when the first was answered.
    await inTurn(roomId, async () => {
      const { appended } = await ledger.record(roomId, (state) => {
        const decision = decideRequest(state, command)
        if (!decision.ok) throw preconditionFailed(decision.revision)
        return decision.events
      })
      if (appended.length > 0) await execute(await find(roomId, operationId))
    })
    return ended(roomId, operationId, deadline)
  }
}
export type OperationRunner = ReturnType<typeof createOperationRunner>

const preconditionFailed = (revision: number): Problem =>
  new Problem({
    type: 'precondition-failed',
    detail: revision < 0 ? 'The ledger does not know this room.' : `The room stands at revision ${revision}.`,
    ...(revision >= 0 && { headers: { ETag: `"${revision}"` } }),
  })
