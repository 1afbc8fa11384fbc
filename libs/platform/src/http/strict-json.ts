import type { FastifyInstance } from 'fastify'
import { isSafeNumber, parse } from 'lossless-json'
import { Problem } from '../problems/problem.js'

export const bodyLimit = 256 * 1024

export interface BodyOptions {
  /** Requests whose body is handed on as it came, whatever its Content-Type says. */
  readonly isRaw: (url: string) => boolean
}

/** Reads bodies: JSON in strict UTF-8 without double keys or numbers that would lose digits; anything else is 415. */
export const registerStrictJson = (fastify: FastifyInstance, { isRaw }: BodyOptions): void => {
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (request, body, done) => {
    try {
      done(null, isRaw(request.url) ? body : readJson(request.headers['content-type'], body as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
}

const readJson = (contentType: string | undefined, body: Buffer): unknown => {
  if (body.length === 0) return undefined
  if (!/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(contentType ?? ''))
    throw new Problem({ type: 'unsupported-media-type', detail: 'Send Content-Type: application/json.' })
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
    // The one parser finds what the other passes over; the other keeps `__proto__` an ordinary key, to be refused by name.
    parse(text, undefined, { parseNumber: readNumber, onDuplicateKey: refuseDuplicate })
    return JSON.parse(text, refuseTrickyKeys)
  } catch (error) {
    if (error instanceof Problem) throw error
    const detail = error instanceof TypeError ? 'The body is not valid UTF-8.' : `The body is not usable JSON: ${(error as Error).message}.`
    throw new Problem({ type: 'invalid-request', detail, errors: { body: ['must be one JSON object in UTF-8'] } })
  }
}

/** Keys that no body of ours has, and that code which copies objects may trip over. */
const refuseTrickyKeys = (key: string, value: unknown): unknown => {
  if (key === '__proto__' || key === 'constructor')
    throw new Problem({ type: 'invalid-request', detail: `${key} is not known here.`, errors: { [key]: [`${key} is not known here`] } })
  return value
}

const readNumber = (text: string): number => {
  if (!isSafeNumber(text)) throw new SyntaxError(`the number ${text.slice(0, 40)} would lose digits`)
  return Number(text)
}

const refuseDuplicate = ({ key }: { key: string }): never => {
  throw new SyntaxError(`the key ${JSON.stringify(key).slice(0, 80)} comes twice`)
}
