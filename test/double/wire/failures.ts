import type { ServiceError } from '@grpc/grpc-js'
import { Metadata, status } from '@grpc/grpc-js'

/** A call ends with this: the status and the trailers from which the client makes its error classes. */
export type Failure = ServiceError

const failure = (code: status, details: string, trailers: Readonly<Record<string, string>> = {}): Failure => {
  const metadata = new Metadata()
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value)
  return Object.assign(new Error(details), { code, details, metadata })
}

export const isFailure = (error: unknown): error is Failure => error instanceof Error && 'code' in error && 'metadata' in error

export const failures = {
  notLeader: (host: string, port: number) =>
    failure(status.NOT_FOUND, 'Leader info available', {
      exception: 'not-leader',
      'leader-endpoint-host': host,
      'leader-endpoint-port': String(port),
    }),
  unavailable: () => failure(status.UNAVAILABLE, 'Server Is Not Ready'),
  cancelled: () => failure(status.CANCELLED, 'Call was cancelled by the server'),
  deadline: () => failure(status.DEADLINE_EXCEEDED, 'Deadline exceeded'),
  timeout: (message: string) => failure(status.ABORTED, `Operation timed out: ${message}`),
  stopping: () => failure(status.INTERNAL, 'Received RST_STREAM with code 2 (Internal server error)'),
  accessDenied: () => failure(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' }),
  unauthenticated: () => failure(status.UNAUTHENTICATED, 'Received HTTP status code 401'),
  streamDeleted: (stream: string) =>
    failure(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, { exception: 'stream-deleted', 'stream-name': stream }),
  wrongExpectedVersion: (operation: string, stream: string, expected: string, actual: number) =>
    failure(
      status.FAILED_PRECONDITION,
      `${operation} failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
      { exception: 'wrong-expected-version', 'stream-name': stream, 'expected-version': expected, 'actual-version': String(actual) },
    ),
  maximumAppendSize: (size: number) =>
    failure(status.INVALID_ARGUMENT, `Maximum Append Size of ${size} Exceeded.`, {
      exception: 'maximum-append-size-exceeded',
      'maximum-append-size': String(size),
    }),
  invalid: (what: string) => failure(status.INVALID_ARGUMENT, what),
  unknown: (what: string) => failure(status.UNKNOWN, what),
}
