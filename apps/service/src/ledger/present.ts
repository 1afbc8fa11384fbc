import { openOperations, statisticsOf, type Operation, type RoomState } from '#room'
import { encodePosition } from './position.js'

export const roomStream = (roomId: string): string => `room-${roomId}`

/** The room as `GET /v1/rooms/{roomId}` shows it; undefined while no fact is known. */
export const presentRoom = (roomId: string, state: RoomState) => {
  const { life, factRevision } = state
  if (!life) return undefined
  const { destroyedBy: _, statistics: __, ...view } = life
  return {
    roomId,
    ...view,
    ...statisticsOf(life, state.operations),
    revision: factRevision,
    position: encodePosition({ stream: roomStream(roomId), revision: factRevision }),
    pendingOperations: openOperations(state).map(({ operationId, kind, status, requestedAt }) => ({
      operationId,
      kind,
      status,
      requestedAt,
    })),
  }
}

/** The operation as clients see it. */
export const presentOperation = (operation: Operation) => {
  const { operationId, roomId, kind, status, requestedBy, requestedAt, reason, parameters, vendor, confirmation, cause, revision } =
    operation
  return {
    operationId,
    roomId,
    kind,
    status,
    requestedBy,
    requestedAt,
    reason,
    parameters,
    position: encodePosition({ stream: roomStream(roomId), revision }),
    vendor,
    confirmation,
    cause,
  }
}
