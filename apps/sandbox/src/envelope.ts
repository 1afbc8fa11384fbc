import { randomBytes } from 'node:crypto'
import type { Outcome } from './outcome.js'

/** The JSON that answers every vendor call, whatever became of it (live-engine §3). HTTP status is 200 in either case. */
export interface Envelope {
  readonly ActionStatus: 'OK' | 'FAIL'
  readonly ErrorInfo: string
  readonly ErrorCode: number
  readonly RequestId: string
  readonly Response?: Readonly<Record<string, unknown>>
}

let sequence = 0

/** Wraps an outcome; the request id has the look of the vendor's and never repeats. */
export function envelope(outcome: Outcome): Envelope {
  sequence += 1
  const RequestId = `Id-${randomBytes(16).toString('hex')}-O-Seq-${sequence}`
  if (!outcome.ok) return { ActionStatus: 'FAIL', ErrorInfo: outcome.info, ErrorCode: outcome.code, RequestId }
  return { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0, RequestId, ...(outcome.response && { Response: outcome.response }) }
}
