import type { ProjectionDetails } from '@eventstore/db-client'
import type { ProjectionStatus } from '#projections'

/** On its way to running: nobody has stopped it, and it will be there in a moment. */
const starting = new Set(['Running', 'Creating', 'Loading', 'Loaded', 'Preparing', 'Prepared', 'Starting'])

/**
 * The server tells two states in one text, such as `Faulted (Enabled)` or `Aborted/Stopped`: the projection's, and that of
 * its processing.
 */
export const statusOf = (text: string): ProjectionStatus['status'] => {
  if (text.includes('Faulted')) return 'Faulted'
  return starting.has(/^\w*/.exec(text)![0]) ? 'Running' : 'Stopped'
}

/** Number of the last entry of a category's stream that was handled, out of `$ce-room: 19`; -1 before the first one. */
export const handledOf = ({ position }: Pick<ProjectionDetails, 'position'>): number =>
  Number(/^\$ce-.*: (-?\d+)$/.exec(position)?.[1] ?? -1)

/** One line out of the server's report of a fault, which spreads over several and begins with the projection's name. */
export const reasonOf = ({ status, stateReason }: Pick<ProjectionDetails, 'status' | 'stateReason'>): string | null => {
  const reason = stateReason
    .split(/\s*\n\s*/)
    .filter(Boolean)
    .join(' ')
  if (reason) return reason
  return status === 'Running' ? null : `the server says: ${status}`
}
