import type { FastifyInstance } from 'fastify'
import { Problem } from '../problems/problem.js'
import { findJsonFlaw } from './json-flaw.js'

/** Bytes. */
export const bodyLimit = 256 * 1024

export interface BodyOptions {
  /** Routes whose body is handed on as it came, whatever its Content-Type says; default: none. */
  readonly isRaw?: (route: string) => boolean
  /** Bytes; default: 256 KiB. */
  readonly limit?: number
}

/**
 * Reads bodies: JSON objects in strict UTF-8, without double keys, numbers that would lose digits, or keys that every object
 * has by nature. Anything else is 400, 413 or 415. No body at all is undefined: whether a route needs one is for the route.
 */
export const registerStrictJson = (fastify: FastifyInstance, { isRaw = () => false, limit = bodyLimit }: BodyOptions = {}): void => {
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limit }, (request, body, done) => {
    try {
      // By the route, not by the address: that can be spelled in many ways.
      done(null, isRaw(request.routeOptions.url ?? request.url) ? body : readJson(request.headers, body as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
}

interface BodyHeaders {
  readonly 'content-type'?: string | undefined
  readonly 'content-encoding'?: string | undefined
}

const readJson = (headers: BodyHeaders, body: Buffer): unknown => {
  if (body.length === 0) return undefined
  if (!/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    throw new Problem({ type: 'unsupported-media-type', detail: 'Send Content-Type: application/json.' })
  if (!/^(identity)?$/i.test(headers['content-encoding'] ?? ''))
    throw new Problem({ type: 'unsupported-media-type', detail: 'Send the body as it is, without Content-Encoding.' })
  const text = decode(body)
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unusable('body', 'must be a JSON object')
  const flaw = findJsonFlaw(text)
  if (flaw) throw unusable(flaw.place, flaw.message)
  return value
}

const decode = (body: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw unusable('body', 'is not valid UTF-8')
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unusable('body', `is not JSON: ${(error as Error).message}`)
  }
}

const unusable = (place: string, message: string): Problem =>
  new Problem({ type: 'invalid-request', detail: `${place === 'body' ? 'The body' : place} ${message}.`, errors: { [place]: [message] } })
