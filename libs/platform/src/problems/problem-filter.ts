import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { publicPath } from '../http/public-path.js'
import { Problem, type ProblemParts } from './problem.js'
import { sendProblem } from './send-problem.js'

/** Turns everything that is thrown into problem details; what nobody foresaw is logged and answered 500 without a word of it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http')

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    const request = http.getRequest<FastifyRequest>()
    const problem = toProblem(error)
    if (problem.parts.type === 'internal-error') this.logger.error({ err: error, requestId: request.id }, 'unforeseen error')
    sendProblem(http.getResponse<FastifyReply>(), problem, publicPath(request.url))
  }
}

/** Statuses that Nest and Fastify raise by themselves. */
const byStatus: Readonly<Record<number, ProblemParts['type']>> = {
  400: 'invalid-request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  413: 'payload-too-large',
  414: 'invalid-request',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
  431: 'invalid-request',
}

export const toProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error
  const { name, statusCode, message = '' } = (error ?? {}) as { name?: string; statusCode?: number; message?: string }
  if (name === 'StoreUnavailable' || name === 'ConcurrencyExhausted')
    return new Problem({
      type: 'store-unavailable',
      detail: 'The store cannot be written or read at the moment; nothing was changed.',
      retryAfter: 1,
    })
  const type = byStatus[error instanceof HttpException ? error.getStatus() : (statusCode ?? 500)]
  return type
    ? new Problem({ type, detail: message || 'The request was refused.' })
    : new Problem({ type: 'internal-error', detail: 'Something went wrong here; it has been logged.' })
}
