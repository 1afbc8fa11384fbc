import type { FastifyReply } from 'fastify'
import { Problem } from './problem.js'

export const problemJson = 'application/problem+json'

/** Seconds; 429 and 503 always say when to come again. */
const defaultRetryAfter = 1

/** Answers with a problem. @param instance the path asked for, without query and secrets. */
export const sendProblem = (reply: FastifyReply, problem: Problem, instance: string): FastifyReply => {
  const { retryAfter, headers } = problem.parts
  const comeAgain = retryAfter ?? (problem.status === 429 || problem.status === 503 ? defaultRetryAfter : undefined)
  if (comeAgain !== undefined) reply.header('Retry-After', String(Math.ceil(comeAgain)))
  if (problem.status === 401) reply.header('WWW-Authenticate', 'Bearer')
  for (const [name, value] of Object.entries(headers ?? {})) reply.header(name, value)
  // A string, so that neither Nest nor Fastify serialises it a second time under another type.
  return reply
    .status(problem.status)
    .header('Content-Type', problemJson)
    .send(JSON.stringify(problem.toBody(instance)))
}
