import { addressOf, readSecret, reasonOf } from '../service-access.js'
import type { Adopter, Adoption } from './adopter.js'
import { AdoptionRefused } from './refused.js'

export interface ServiceOptions {
  /** Where the service is, such as `http://127.0.0.1:3000`. */
  readonly service: string
  /** A file with the secret of an API key, which has the scope `admin`. */
  readonly keyFile: string
}

interface Problem {
  readonly type?: string
  readonly title?: string
  readonly detail?: string
  readonly vendor?: { readonly errorCode?: number }
}
interface Answer {
  readonly status: number
  readonly body: unknown
  readonly retryAfterMs?: number
}

/** The service itself waits for the vendor, and for its turn. */
const timeoutMs = 120_000

/**
 * Lets a running service adopt rooms.
 * @throws AdoptionRefused, Unusable when it cannot be asked, before anything is begun
 */
export const adoptThroughService = async ({ service, keyFile }: ServiceOptions): Promise<Adopter> => {
  const base = addressOf('--service', service)
  const secret = readSecret('--key-file', keyFile)

  const call = async (method: string, path: string): Promise<Answer> => {
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: { Authorization: `Bearer ${secret}` },
      // The secret is for this service: wherever else it points, the secret does not go.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw new AdoptionRefused(`--service: ${base} does not answer (${reasonOf(error)})`, { cause: error })
    })
    const body: unknown = await answer.json().catch(() => undefined)
    const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
    return { status: answer.status, body, ...(Number.isFinite(seconds) && { retryAfterMs: seconds * 1000 }) }
  }

  const first = await call('GET', '/v1/projections')
  if (first.status === 401) throw new AdoptionRefused(`--key-file: the service does not take the key in ${keyFile}`)
  if (first.status === 403) throw new AdoptionRefused(`--key-file: the key in ${keyFile} lacks the scope admin`)
  if (first.status === 404) throw new AdoptionRefused(`--service: there is no Room Ledger at ${base}`)

  return {
    adopt: async (roomId) => {
      const answer = await call('POST', `/v1/rooms/${encodeURIComponent(roomId)}/reconcile`)
      if (answer.status === 200) {
        const { outcome, exists } = (answer.body as { reconciliation: { outcome: string; exists: boolean } }).reconciliation
        return { outcome: !exists ? 'absent' : outcome === 'adopted' ? 'adopted' : 'known' }
      }
      return answer.status === 404 ? { outcome: 'absent' } : failed(answer)
    },
    list: async (next) => {
      const answer = await call('GET', `/v1/vendor/rooms${next === '' ? '' : `?cursor=${encodeURIComponent(next)}`}`)
      if (answer.status !== 200) return failed(answer)
      const { items, nextCursor } = answer.body as { items: { roomId: string }[]; nextCursor: string | null }
      return { roomIds: items.map(({ roomId }) => roomId), next: nextCursor ?? '' }
    },
    close: async () => undefined,
  }
}

const failed = ({ status, body, retryAfterMs }: Answer): Extract<Adoption, { readonly reason: string }> => {
  const { type = '', title = `HTTP ${status}`, detail = '', vendor } = (body ?? {}) as Problem
  const code = vendor?.errorCode === undefined ? '' : ` (${vendor.errorCode})`
  const hopeless = type === '/problems/vendor-configuration' || status === 401 || status === 403
  return {
    outcome: hopeless ? 'hopeless' : status === 429 || status >= 500 ? 'unclear' : 'failed',
    reason: `${title}: ${detail}${code}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}
