import { HttpException } from '@nestjs/common'
import { Problem, type ProblemParts } from './problem.js'
import { problemTypes } from './problem-types.js'

/** Statuses that Nest and Fastify raise by themselves. */
const byStatus: Readonly<Record<number, ProblemParts['type']>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  412: 'precondition-failed',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
  503: 'not-ready',
}

/** Names of errors that mean: the store could not be written or read, and nothing was changed. */
const storeErrors: readonly unknown[] = ['StoreUnavailable', 'ConcurrencyExhausted']

/**
 * What anything thrown means to the one who asked. Words of the framework are not passed on where they repeat the address
 * with its query; words of an unforeseen error never are.
 */
export const toProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error
  const { name, statusCode, message } = (error ?? {}) as { name?: unknown; statusCode?: unknown; message?: unknown }
  if (storeErrors.includes(name))
    return new Problem({ type: 'store-unavailable', detail: 'The store cannot be written or read at the moment; nothing was changed.' })
  const status = error instanceof HttpException ? error.getStatus() : typeof statusCode === 'number' ? statusCode : 500
  const type = byStatus[status] ?? (status >= 400 && status < 500 ? 'invalid-request' : 'internal-error')
  return new Problem({ type, detail: detailFor(type, status, message) })
}

const detailFor = (type: ProblemParts['type'], status: number, message: unknown): string => {
  if (type === 'internal-error') return 'Something went wrong here; it has been logged.'
  if (type === 'not-found') return 'Nothing answers at this address and method.'
  if (status === 414) return 'The address is too long.'
  if (type === 'invalid-request' && typeof message === 'string' && !message.includes('/')) return message
  return problemTypes[type].meaning
}
