import { createHash } from 'node:crypto'
import type { EventStore } from '#event-store'
import type { OperationKind, OperationParameters, Requester } from '#room'
import { Problem } from '#platform'
import { deriveId } from '../ledger/envelope.js'

export interface KeyedRequest {
  readonly key: string
  readonly requestedBy: Requester
  readonly kind: OperationKind
  readonly roomId: string
  readonly parameters: OperationParameters
  readonly reason?: string | undefined
}

/** The operation that a key stands for: one for each credential and key. */
export const keyedOperationId = ({ requestedBy, key }: Pick<KeyedRequest, 'requestedBy' | 'key'>): string =>
  deriveId('operation', requestedBy.kind, requestedBy.id, key)

/**
 * Claims an `Idempotency-Key` for one request, for good and on every instance: the operation id follows from the
 * credential and the key, and a stream named after it takes a single claim.
 * @throws Problem 422 when the key was used for another request.
 */
export const claimKey = async (store: EventStore, now: () => string, request: KeyedRequest): Promise<void> => {
  const { kind, roomId, parameters, reason = null } = request
  const operationId = keyedOperationId(request)
  const sha256 = createHash('sha256')
    .update(JSON.stringify([kind, roomId, sortKeys(parameters), reason]))
    .digest('hex')
  const stream = `idempotency-${operationId}`
  // The claim's id names the body too: the same claim again is a retry, another body is a conflict.
  const claim = {
    id: deriveId('claim', operationId, sha256),
    type: 'IdempotencyKeyClaimed',
    data: { operationId, sha256 },
    metadata: { schema: 1, recordedAt: now() },
  }
  const appended = await store.append(stream, [claim], 'noStream')
  if (appended.ok) return
  for await (const { data } of store.readStream(stream, { limit: 1 })) if (data['sha256'] === sha256) return
  throw new Problem({
    type: 'idempotency-key-reused',
    detail: 'This Idempotency-Key was used for another request.',
    errors: { 'Idempotency-Key': ['was used for another request'] },
  })
}

const sortKeys = (parameters: OperationParameters): unknown => Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1))
