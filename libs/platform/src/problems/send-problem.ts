import type { FastifyReply } from 'fastify'
import { Problem } from './problem.js'

/** Answers with a problem. @param instance the path asked for, without query and secrets. */
export const sendProblem = (reply: FastifyReply, problem: Problem, instance: string): FastifyReply => {
  const { retryAfter, headers } = problem.parts
  if (retryAfter !== undefined) reply.header('Retry-After', String(retryAfter))
  if (problem.status === 401) reply.header('WWW-Authenticate', 'Bearer')
  for (const [name, value] of Object.entries(headers ?? {})) reply.header(name, value)
  // A string, so that neither Nest nor Fastify serialises it a second time under another type.
  return reply
    .status(problem.status)
    .header('Content-Type', 'application/problem+json')
    .send(JSON.stringify(problem.toBody(instance)))
}
