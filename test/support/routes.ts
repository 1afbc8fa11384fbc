import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance } from 'fastify'

export interface Route {
  readonly method: string
  /** As it is registered, e.g. `/v1/rooms/:roomId`. */
  readonly url: string
}

/**
 * Writes down every route that a service registers while it starts, whoever registers it: what a list made by hand would miss.
 * @param start starts the service, and whatever else.
 */
export const routesOf = async <Started>(start: () => Promise<Started>): Promise<{ started: Started; routes: readonly Route[] }> => {
  const instances: Route[][] = []
  const onStart = (message: unknown): void => {
    const routes: Route[] = []
    instances.push(routes)
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', ({ method, url }) => void routes.push(...[method].flat().map((one) => ({ method: one, url }))))
  }
  subscribe('fastify.initialization', onStart)
  try {
    const started = await start()
    const routes = instances.find((one) => one.some(({ url }) => url === '/health/live')) ?? []
    return { started, routes }
  } finally {
    unsubscribe('fastify.initialization', onStart)
  }
}
