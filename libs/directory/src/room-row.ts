import { openOperations, statisticsOf, type RoomState } from '#room'
import type { RoomRow } from './directory.js'

/** What lists show of a room; undefined while no fact tells of it. */
export const toRow = (roomId: string, state: RoomState): RoomRow | undefined => {
  if (!state.life) return undefined
  const { destroyedBy: _by, statistics: _statistics, ...view } = state.life
  const pendingOperations = openOperations(state).map(({ operationId, kind, status, requestedAt }) => ({
    operationId,
    kind,
    status,
    requestedAt,
  }))
  return { roomId, ...view, ...statisticsOf(state.life, state.operations), revision: state.factRevision, pendingOperations }
}
