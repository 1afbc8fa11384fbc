import { LRUCache } from 'lru-cache'
import { networkOf } from '../http/addresses.js'
import { Problem } from '../problems/problem.js'

export interface FailedAttemptsOptions {
  /** Per client and window; default: 100. */
  readonly most?: number
  /** Milliseconds; default: one minute. */
  readonly windowMs?: number
  /** Clients that are kept in mind; past that those that failed longest ago are forgotten. Default: 10,000, about 2 MB. */
  readonly mostClients?: number
  /** Milliseconds on whatever clock; default: the monotonic one. */
  readonly now?: () => number
  /** Told once per client and window. */
  readonly onTooMany?: (client: string) => void
}

export interface FailedAttempts {
  /**
   * Counts a credential that did not hold, and says what to answer.
   * @param client its address; of IPv6 the first 64 bits count, since a client has all of the rest to itself.
   * @param refusal the answer to a client that has not failed too often.
   * @returns that answer, or 429 with the seconds until the client's window ends.
   */
  judge(client: string, refusal: Problem): Problem
}

/**
 * Limits how often a client may be wrong. Only what fails is counted, and only what fails is refused: a credential that
 * holds passes at any time, so nobody can lock out those who share an address (a NAT, a proxy) with him. It is therefore
 * no guard against guessing a key, which its 192 random bits are; it tells a client to stop, and the operator of it.
 */
export const createFailedAttempts = ({
  most = 100,
  windowMs = 60_000,
  mostClients = 10_000,
  now = () => performance.now(),
  onTooMany,
}: FailedAttemptsOptions = {}): FailedAttempts => {
  const windows = new LRUCache<string, { readonly endsAt: number; failed: number }>({ max: mostClients })
  const windowOf = (client: string) => {
    const known = windows.get(client)
    if (known && known.endsAt > now()) return known
    const fresh = { endsAt: now() + windowMs, failed: 0 }
    windows.set(client, fresh)
    return fresh
  }
  return {
    judge: (address, refusal) => {
      const client = networkOf(address)
      const window = windowOf(client)
      window.failed += 1
      if (window.failed <= most) return refusal
      if (window.failed === most + 1) onTooMany?.(client)
      return new Problem({
        type: 'too-many-requests',
        detail: 'Too many credentials from this address were not valid. One that is valid is taken at any time.',
        retryAfter: (window.endsAt - now()) / 1000,
      })
    },
  }
}
