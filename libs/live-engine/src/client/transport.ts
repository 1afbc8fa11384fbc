import { Pool } from 'undici'

/** The body of an HTTP 200, or why there is none, in one stable word. */
export type Transported = { readonly ok: true; readonly body: Uint8Array } | { readonly ok: false; readonly cause: string }

export interface Transport {
  /** @param signal the deadline, or the shutdown; headers and body must be there before it. */
  readonly post: (path: string, body: string, signal: AbortSignal) => Promise<Transported>
  /** Waits for what is in flight. */
  readonly close: () => Promise<void>
}

/** Why a signal was aborted that did not run out of time. */
export const shutdown = Symbol('shutdown')

/** More than any answer of the vendor; a bigger one is not read to its end. */
const largestAnswer = 1024 * 1024

/**
 * Posts JSON over a pool of connections that are kept alive, as the vendor recommends (trtc 63398).
 *
 * Never throws, and tells only the kind of a failure: messages of the HTTP client could hold the address, and with it the UserSig.
 * @param connectTimeoutMs how long one connection may take to be made.
 */
export const createTransport = (baseUrl: string, connectTimeoutMs: number): Transport => {
  const { origin, pathname } = new URL(baseUrl)
  const prefix = pathname.replace(/\/+$/, '')
  // Deadlines are the signal's business; the pool has none of its own that could come first.
  const limits = { headersTimeout: 0, bodyTimeout: 0, maxResponseSize: largestAnswer }
  const pool = new Pool(origin, { connections: 64, connect: { timeout: connectTimeoutMs }, ...limits })
  const headers = { 'content-type': 'application/json', accept: 'application/json' }

  const post = async (path: string, body: string, signal: AbortSignal): Promise<Transported> => {
    let status: number | undefined
    try {
      const response = await pool.request({ method: 'POST', path: prefix + path, headers, body, signal })
      status = response.statusCode
      // Read to its end in any case, or the connection would be lost.
      const bytes = await response.body.bytes()
      return status === 200 ? { ok: true, body: bytes } : { ok: false, cause: `http-${status}` }
    } catch (error) {
      if (signal.aborted) return { ok: false, cause: signal.reason === shutdown ? 'shutdown' : 'timeout' }
      return { ok: false, cause: causeOf(error, status) }
    }
  }
  return { post, close: () => pool.close() }
}

const causeOf = (error: unknown, status: number | undefined): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (status !== undefined && status !== 200) return `http-${status}`
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return 'oversized-answer'
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return 'timeout'
  return status === undefined ? 'connection' : 'truncated-answer'
}
