import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem, type ProblemParts } from '../problems/problem.js'
import { problemJson, sendProblem } from '../problems/send-problem.js'
import { toProblem } from '../problems/to-problem.js'
import { publicPath } from './public-path.js'
import { setUsualHeaders } from './security-headers.js'

/** What a client may take its time with, in milliseconds; a pace of 26 KB/s suffices for the largest body. */
const longest = { headers: 5_000, request: 10_000, silence: 120_000 }

/**
 * For `new FastifyAdapter({ ...fastifyOptions })`: what Fastify and Node answer before any filter of Nest's is reached (an
 * address that is no address, a request that is no HTTP, or never ends) are problem details too.
 */
export const fastifyOptions = {
  // A room id may be 48 bytes, each of which may come as three characters; accounts and consumers are shorter.
  routerOptions: { maxParamLength: 512 },
  // Its own answer is no problem; see `refuseWhileClosing`.
  return503OnClosing: false,
  // Who sends a request a byte at a time holds a connection: not for long. Node looks each second, by default it would be 30.
  http: { maxHeaderSize: 16 * 1024, headersTimeout: longest.headers, connectionsCheckingInterval: 1_000 },
  requestTimeout: longest.request,
  // A connection on which nothing at all goes to and fro; longer than any answer may be held back.
  connectionTimeout: longest.silence,
  frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    setUsualHeaders(request.raw, reply.raw)
    void sendProblem(reply.header('X-Request-Id', request.id), toProblem(error), publicPath(request.url))
  },
  clientErrorHandler: (error: Error & { code?: string }, socket: Socket): void => {
    if (socket.destroyed) return
    // Nobody is there any more to read an answer.
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
    const problem = new Problem(unreadable[error.code ?? ''] ?? noHttp)
    const body = JSON.stringify(problem.toBody('/'))
    socket.end(
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nContent-Type: ${problemJson}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    )
  },
}

const noHttp: ProblemParts = { type: 'invalid-request', detail: 'This is no well-formed HTTP request.' }

/** By the codes of Node's errors. */
const unreadable: Readonly<Record<string, ProblemParts>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { type: 'request-timeout', detail: 'The request did not come in whole in time.' },
  HPE_HEADER_OVERFLOW: { type: 'headers-too-large', detail: 'Address and headers may be 16 KiB together.' },
}
