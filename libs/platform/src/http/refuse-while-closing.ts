import type { FastifyInstance } from 'fastify'
import { Problem } from '../problems/problem.js'

/**
 * Answers requests that arrive on a kept connection after the order to stop with a 503 that is a problem like any other;
 * Fastify's own would not be, so it is off (`fastifyOptions`). What arrived before is finished.
 */
export const refuseWhileClosing = (fastify: FastifyInstance): void => {
  let closing = false
  fastify.addHook('preClose', async () => void (closing = true))
  fastify.addHook('onRequest', async () => {
    if (closing) throw new Problem({ type: 'not-ready', detail: 'The service is stopping.' })
  })
}
