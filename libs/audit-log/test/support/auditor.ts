import { onTestFinished } from 'vitest'
import type { EventStore } from '#event-store'
import { createAuditor, openCheckpointStream, type Auditor, type AuditorOptions } from '../../src/index.js'
import { following, origin, type adoptedKey } from './ledger.js'

export type Key = Awaited<ReturnType<typeof adoptedKey>>

/** An auditor of the store, with a tree of its own. */
export const auditorOf = async (store: EventStore, key: Key, options: Partial<AuditorOptions> = {}) => {
  const auditLog = await following(store)
  const messages: string[] = []
  const auditor = createAuditor({
    auditLog,
    store,
    origin,
    ...key,
    intervalMs: 60_000,
    now: () => new Date().toISOString(),
    log: (_, message) => void messages.push(message),
    ...options,
  })
  onTestFinished(() => auditor.stop())
  return Object.assign(auditor, { messages, auditLog })
}
export const signed = (store: EventStore) => openCheckpointStream(store, () => '').page(500)
export const sizesIn = async (store: EventStore): Promise<number[]> => (await signed(store)).map(({ size }) => size).toReversed()
export const refusalOf = (auditor: Auditor) =>
  auditor.checkpointNow().then(
    () => undefined,
    (error: unknown) => error,
  )
