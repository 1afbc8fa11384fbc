import type { FastifyInstance } from 'fastify'
import { Problem } from '../problems/problem.js'

/** Refuses a query parameter that comes twice: which of the two would count? */
export const refuseDoubledParameters = (fastify: FastifyInstance): void => {
  fastify.addHook('onRequest', async ({ query }) => {
    // There is none where no route was found.
    const doubled = Object.entries((query ?? {}) as Record<string, unknown>).find(([, value]) => Array.isArray(value))
    if (doubled)
      throw new Problem({
        type: 'invalid-request',
        detail: `The query parameter ${doubled[0]} comes twice.`,
        errors: { [doubled[0]]: ['comes twice'] },
      })
  })
}
