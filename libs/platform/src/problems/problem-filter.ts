import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { publicPath } from '../http/public-path.js'
import { sendProblem } from './send-problem.js'
import { toProblem } from './to-problem.js'

/** Turns everything that is thrown into problem details; what nobody foresaw is logged and answered 500 without a word of it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http')

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    const request = http.getRequest<FastifyRequest>()
    const reply = http.getResponse<FastifyReply>()
    const problem = toProblem(error)
    if (problem.parts.type === 'internal-error') this.logger.error({ err: error, requestId: request.id }, 'unforeseen error')
    // Too late for an answer of our own: a reader of half a stream must not take it for the whole.
    if (reply.raw.headersSent) reply.raw.destroy()
    else sendProblem(reply, problem, publicPath(request.url))
  }
}
