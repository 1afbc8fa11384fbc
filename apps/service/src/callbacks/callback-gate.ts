import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem, sendProblem, type Settings } from '#platform'
import { callbacksReceived } from './callback-metrics.js'
import { readCallbackQuery, verifyCallbackRequest, type CallbackQuery } from './verify-request.js'

const path = '/callbacks/live'
const queries = new WeakMap<FastifyRequest, CallbackQuery>()

/** Whether a request goes to the callbacks: its body is then read as it is, whatever its Content-Type says. */
export const isCallback = (url: string | undefined): boolean =>
  url !== undefined && (url === path || url.startsWith(`${path}?`) || url.startsWith(`${path}/`))

/** The query of a callback that has passed the gate. */
export const checkedQuery = (request: FastifyRequest): CallbackQuery => queries.get(request)!

/** Turns callbacks away before their body is read, unless the sender has shown to be the vendor. */
export const guardCallbacks = (fastify: FastifyInstance, settings: Settings, now: () => number = Date.now): void => {
  fastify.addHook('onRequest', async (request, reply) => {
    if (!isCallback(request.url) || request.method !== 'POST') return
    try {
      const [pathname = '', search = ''] = request.url.split(/\?(.*)/s)
      const query = readCallbackQuery(search)
      verifyCallbackRequest(settings, readSecret(pathname), query, request.ip, now())
      queries.set(request, query)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      callbacksReceived.inc({ result: 'refused' })
      return sendProblem(reply, error, pathWithoutSecret)
    }
  })
}

const pathWithoutSecret = path

const readSecret = (pathname: string): string | undefined => {
  const part = pathname.slice(path.length + 1)
  try {
    return part === '' ? undefined : decodeURIComponent(part)
  } catch {
    return part
  }
}
