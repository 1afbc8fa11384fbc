import { Problem } from '#platform'

export const unknownRoom = (roomId: string): Problem =>
  new Problem({ type: 'not-found', detail: `The ledger does not know a room ${JSON.stringify(roomId)}.` })

export const unknownOperation = (operationId: string): Problem =>
  new Problem({ type: 'not-found', detail: `The ledger does not know an operation ${JSON.stringify(operationId)}.` })
