import { v5 } from 'uuid'
import type { EventStore } from '#event-store'
import { readVerifier, type Verifier } from '../notes/verifier.js'
import { pathBetween } from './statements.js'

/** Where the keys that sign, or have signed, are written down. */
export const keyStream = 'auditKeys'

const namespace = '5d0a4f52-6a2b-5f0e-8f67-2f1b0f6c3a90'

export interface AdoptedKey {
  readonly verifier: Verifier
  /** The key before vouches for this one; null for the first. */
  readonly statement: string | null
  /** RFC 3339. */
  readonly adoptedAt: string
}

/**
 * The keys of the ledger, the first one first; the last one signs.
 * @throws StoreUnavailable
 */
export const readAdoptedKeys = async (store: EventStore): Promise<readonly AdoptedKey[]> => {
  const keys: AdoptedKey[] = []
  for await (const { data, metadata } of store.readStream(keyStream)) {
    const read = readVerifier(String(data['vkey']))
    if (!read.ok) continue
    const statement = typeof data['statement'] === 'string' ? data['statement'] : null
    keys.push({ verifier: read.verifier, statement, adoptedAt: String(metadata['recordedAt']) })
  }
  return keys
}

export interface Adoption {
  readonly store: EventStore
  /** The key that is to sign. */
  readonly verifier: Verifier
  /** What keys before it state, where that lies beside the key: one statement, or several one behind the other. */
  readonly statements: string | undefined
  /** RFC 3339. */
  readonly now: () => string
}

export type Adopted =
  | { readonly ok: true; readonly keys: readonly AdoptedKey[] }
  /** `current`: the key that signs so far. */
  | { readonly ok: false; readonly problem: 'other-key' | 'bad-statement'; readonly current: Verifier }

interface Adopting {
  readonly to: Verifier
  readonly statement: string | null
}

const mostTries = 100

/**
 * Sees to it that the key is the one that signs: the first is taken as it comes, any other only with a statement of the
 * one before. Instances may do so at the same time.
 * @throws StoreUnavailable
 */
export const adoptKey = async ({ store, verifier, statements, now }: Adoption): Promise<Adopted> => {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const keys = await readAdoptedKeys(store)
    const current = keys.at(-1)?.verifier
    let next: Adopting = { to: verifier, statement: null }
    if (current?.vkey === verifier.vkey) return { ok: true, keys }
    if (current) {
      if (statements === undefined) return { ok: false, problem: 'other-key', current }
      const path = pathBetween(current, verifier, statements)
      if (!path) return { ok: false, problem: 'bad-statement', current }
      next = path[0]!
    }
    await store.append(
      keyStream,
      [
        {
          id: v5(JSON.stringify(['AuditKeyAdopted', keys.length, next.to.vkey]), namespace),
          type: 'AuditKeyAdopted',
          data: { vkey: next.to.vkey, statement: next.statement },
          metadata: { schema: 1, recordedAt: now() },
        },
      ],
      keys.length === 0 ? 'noStream' : keys.length - 1,
    )
    // Whether it was ours or that of another, the next look tells.
  }
  throw new Error(`${keyStream} keeps changing`)
}
