import { problemTypes, type ProblemType } from './problem-types.js'

export interface ProblemParts {
  readonly type: ProblemType
  readonly detail: string
  /** Field → messages. */
  readonly errors?: Readonly<Record<string, readonly string[]>> | undefined
  readonly vendor?: { readonly errorCode?: number; readonly errorInfo?: string; readonly requestId?: string } | undefined
  readonly operationId?: string | undefined
  /** Seconds. */
  readonly retryAfter?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/**
 * An answer that is not the one hoped for, as RFC 9457 describes it. Thrown at the HTTP layer only.
 * @example throw new Problem({ type: 'not-found', detail: 'The ledger does not know that room.' })
 */
export class Problem extends Error {
  readonly status: number
  constructor(readonly parts: ProblemParts) {
    super(parts.detail)
    this.name = 'Problem'
    this.status = problemTypes[parts.type].status
  }

  /** @param instance the path that was asked for, without its query: a query may hold a signature. */
  toBody(instance: string): object {
    const { type, detail, errors, vendor, operationId } = this.parts
    const { title, status } = problemTypes[type]
    return {
      type: `/problems/${type}`,
      title,
      status,
      detail,
      instance,
      ...(errors && { errors }),
      ...(vendor && { vendor }),
      ...(operationId && { operationId }),
    }
  }
}
