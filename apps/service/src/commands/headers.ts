import { createParamDecorator, type ExecutionContext } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'
import { Problem } from '#platform'

/** What the headers of a command ask for. */
export interface CommandHeaders {
  readonly idempotencyKey?: string
  readonly ifMatch?: readonly (number | '*')[]
  readonly waitMs: number
}

const longestKey = 255
const longestWaitSeconds = 30

/** Reads `Idempotency-Key`, `If-Match` and `Prefer: wait=N` (seconds). @throws Problem 400 naming the header. */
export const readCommandHeaders = (headers: FastifyRequest['headers']): CommandHeaders => {
  const key = one(headers['idempotency-key'])
  if (key !== undefined && !/^[\x21-\x7e]{1,255}$/.test(key))
    throw bad('Idempotency-Key', `must be 1 to ${longestKey} visible ASCII characters`)
  const ifMatch = one(headers['if-match'])
  return {
    ...(key !== undefined && { idempotencyKey: key }),
    ...(ifMatch !== undefined && { ifMatch: readIfMatch(ifMatch) }),
    waitMs: readWait(one(headers['prefer'])) * 1000,
  }
}

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value.join(', ') : value)

const readIfMatch = (header: string): (number | '*')[] =>
  header.split(',').map((part) => {
    const tag = part.trim()
    if (tag === '*') return tag
    const revision = /^"(\d{1,15})"$/.exec(tag)?.[1]
    // A tag that we never gave out matches nothing: weak ones too, since If-Match compares strongly (RFC 9110 §13.1.1).
    if (revision === undefined && !/^(W\/)?"[^"]*"$/.test(tag)) throw bad('If-Match', 'must be "*" or entity tags in double quotes')
    return revision === undefined ? -1 : Number(revision)
  })

const readWait = (prefer: string | undefined): number => {
  const found = prefer?.split(',').find((part) => /^\s*wait\s*=/i.test(part))
  if (found === undefined) return 0
  const seconds = /^\s*wait\s*=\s*"?(\d{1,6})"?\s*$/i.exec(found)?.[1]
  if (seconds === undefined) throw bad('Prefer', 'wait must be a whole number of seconds')
  return Math.min(Number(seconds), longestWaitSeconds)
}

const bad = (header: string, message: string): Problem =>
  new Problem({ type: 'invalid-request', detail: `${header} ${message}`, errors: { [header]: [message] } })

/** The command headers of a request, read and checked. */
export const FromHeaders = createParamDecorator((_: unknown, context: ExecutionContext): CommandHeaders =>
  readCommandHeaders(context.switchToHttp().getRequest<FastifyRequest>().headers),
)
