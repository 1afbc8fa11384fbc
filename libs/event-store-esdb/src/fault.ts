import { ErrorType, isCommandError } from '@eventstore/db-client'
import { StoreUnavailable } from '#event-store'
import { unreachable } from './unreachable.js'

/**
 * What an error of the client comes to.
 * `away`: the outcome is unknown, ask again. `stuck`: the same, and the client itself must be made anew.
 */
export type Fault = 'conflict' | 'missing' | 'deleted' | 'tooLarge' | 'denied' | 'away' | 'stuck' | 'defect'

const faultOfType = new Map<string, Fault>([
  [ErrorType.WRONG_EXPECTED_VERSION, 'conflict'],
  [ErrorType.STREAM_NOT_FOUND, 'missing'],
  [ErrorType.STREAM_DELETED, 'deleted'],
  [ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED, 'tooLarge'],
  [ErrorType.ACCESS_DENIED, 'denied'],
  [ErrorType.NOT_LEADER, 'away'],
  [ErrorType.UNAVAILABLE, 'away'],
  [ErrorType.DEADLINE_EXCEEDED, 'away'],
  [ErrorType.CANCELLED, 'away'],
  [ErrorType.TIMEOUT, 'away'],
])

/** gRPC status codes: cancelled, unknown, deadline, exhausted, aborted, internal (a server that stops), unavailable. */
const awayCodes = new Set([1, 2, 4, 8, 10, 13, 14])
const deniedCodes = new Set([7, 16])

/**
 * Goes by the gRPC code where the class says too little: a dead server gives a plain `Error` of code 14, one that stops
 * an `UnknownError` of code 13.
 */
export const faultOf = (error: unknown): Fault => {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return 'defect'
  const byType = isCommandError(error) ? faultOfType.get(error.type) : undefined
  if (byType) return byType
  const code: unknown = 'code' in error ? error.code : undefined
  if (typeof code === 'number') return deniedCodes.has(code) ? 'denied' : awayCodes.has(code) ? 'away' : 'defect'
  if (typeof code === 'string' && code.startsWith('ERR_STREAM')) return 'away'
  if (isCommandError(error)) return error.type === ErrorType.UNKNOWN ? 'away' : 'defect'
  // Neither: the discovery of a cluster failed, or the channel was shut. The client remembers such a failure for good.
  return 'stuck'
}

/** The error as the port promises it, once there is no more patience. */
export const asPortError = (error: unknown): unknown => {
  if (error instanceof StoreUnavailable) return error
  const fault = faultOf(error)
  if (fault === 'away' || fault === 'stuck') {
    return new StoreUnavailable(`EventStoreDB store: no server answers. ${unreachable(error)}`, { cause: error })
  }
  if (fault === 'denied') {
    const remedy =
      'Check user and password in the connection string, and the ACLs: the user has to read $all, and to read and write the streams'
    return new StoreUnavailable(`EventStoreDB store: access denied. ${remedy}`, { cause: error })
  }
  if (fault === 'tooLarge')
    return new RangeError('EventStoreDB store: an append above the size limit of the server (1 MiB)', { cause: error })
  return error
}
