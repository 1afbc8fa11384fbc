import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../problems/problem.js'
import { problemJson, sendProblem } from '../problems/send-problem.js'
import { toProblem } from '../problems/to-problem.js'
import { publicPath } from './public-path.js'

/**
 * For `new FastifyAdapter({ ...fastifyOptions })`: what Fastify answers before any filter of Nest's is reached (an address
 * that is no address, a request that is no HTTP) are problem details too.
 */
export const fastifyOptions = {
  // A room id may be 48 bytes, each of which may come as three characters; accounts and consumers are shorter.
  routerOptions: { maxParamLength: 512 },
  // Its own answer is no problem; see `refuseWhileClosing`.
  return503OnClosing: false,
  frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply): void =>
    void sendProblem(reply, toProblem(error), publicPath(request.url)),
  clientErrorHandler: (error: Error & { code?: string }, socket: Socket): void => {
    if (socket.destroyed) return
    // Nobody is there any more to read an answer.
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
    const problem = new Problem({ type: 'invalid-request', detail: 'This is no well-formed HTTP request, or its headers are too long.' })
    const body = JSON.stringify(problem.toBody('/'))
    socket.end(
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nContent-Type: ${problemJson}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    )
  },
}
