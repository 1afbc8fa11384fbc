import type { FastifyInstance, FastifyRequest } from 'fastify'
import { bodyLimit, logQuietly, Problem, sendProblem, type FailedAttempts, type Settings } from '#platform'
import { createAdmission, type Place } from './admission.js'
import { callbacksReceived } from './callback-metrics.js'
import { createRounds } from './rounds.js'
import { readCallbackQuery, verifyCallbackRequest, type CallbackQuery } from './verify-request.js'

const path = '/callbacks/live'
const queries = new WeakMap<FastifyRequest, CallbackQuery>()
const places = new WeakMap<FastifyRequest, Place>()

/** Whether a request goes to the callbacks: its body is then read as it is, whatever its Content-Type says. */
export const isCallback = (url: string | undefined): boolean =>
  url !== undefined && (url === path || url.startsWith(`${path}?`) || url.startsWith(`${path}/`))

/** The query of a callback that has passed the gate. */
export const checkedQuery = (request: FastifyRequest): CallbackQuery => queries.get(request)!

/** Keeps the place of a callback while its work lasts, even when its sender has gone: the work goes on all the same. */
export const holdingPlace = async <T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> => {
  const letGo = places.get(request)?.hold()
  try {
    return await work()
  } finally {
    letGo?.()
  }
}

/** Some twenty milliseconds of work, and enough that they share a commit. */
const perRound = 32

const sumEveryMs = 10_000

const inSum = (told: (count: number) => void): (() => void) => {
  let count = 0
  let toldAt = -Infinity
  return () => {
    count += 1
    if (performance.now() - toldAt < sumEveryMs) return
    told(count)
    count = 0
    toldAt = performance.now()
  }
}

/** What its body may take in memory, before it has come. */
const bytesToCome = ({ headers }: FastifyRequest): number => Math.min(bodyLimit, Number(headers['content-length'] ?? bodyLimit) || 0)

/**
 * Turns callbacks away before their body is read, unless the sender has shown to be the vendor; counts all that are refused.
 * @param onOverload told every ten seconds at the most how many were refused since then.
 * @param failedAttempts says when a client has shown too many signs or path secrets that were not right.
 */
export const guardCallbacks = (
  fastify: FastifyInstance,
  settings: Settings,
  failedAttempts: FailedAttempts,
  onOverload: (refused: number) => void,
  now: () => number = Date.now,
): void => {
  const admission = createAdmission()
  const tell = inSum(onOverload)
  const turn = createRounds(perRound)
  fastify.addHook('onRequest', async (request, reply) => {
    // By the route it will reach, not by how its address is spelled: %6C is an l to the router.
    if (!isCallback(request.routeOptions.url)) return
    try {
      const query = readCallbackQuery(request.url.split(/\?(.*)/s)[1] ?? '')
      const { pathSecret } = request.params as { pathSecret?: string }
      verifyCallbackRequest(settings, pathSecret, query, request.ip, now())
      // Only who has shown to be the vendor takes up room.
      const entered = admission.enter(bytesToCome(request))
      if (!entered) {
        logQuietly(reply.raw)
        tell()
        throw new Problem({ type: 'overloaded', detail: 'More callbacks come than can be written down; this one was not.' })
      }
      places.set(request, entered.place)
      reply.raw.once('close', entered.leave)
      queries.set(request, query)
      // Fastify would turn a type that is none away by itself; that of a callback says nothing to anybody.
      request.raw.headers['content-type'] = 'application/json'
      await turn()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const wrong = error.status === 401 || error.status === 403
      return sendProblem(reply, wrong ? failedAttempts.judge(request.ip, error) : error, path)
    }
  })
  // Here, and not where each check fails: size and JSON are checked elsewhere.
  fastify.addHook('onSend', async (request, reply) => {
    if (isCallback(request.routeOptions.url) && reply.statusCode >= 400)
      callbacksReceived.inc({ result: reply.statusCode < 500 ? 'refused' : 'failed' })
  })
}
