import { openDerivedIndex, type EventStore } from '#event-store'
import type { AuditLog } from '../audit-log.js'
import { auditedPrefixes } from '../audited.js'
import { openStoredTree } from './stored-tree.js'
import { auditTables } from './tables.js'

export interface AuditLogOptions {
  /** SQLite file of the tree; it and its directory are made when missing. One process alone can have it open. */
  readonly file: string
  readonly store: EventStore
  readonly log?: (message: string) => void
  /** Events taken in by one transaction at the most, while other work of the process waits. Default 250. */
  readonly batchSize?: number
}

/** Nobody waits for the tree but who asks for a checkpoint or a proof; a transaction for each callback would cost the callbacks. */
const restMs = 25

/**
 * Opens the tree over the audited events; `start` makes it follow the log from where it stands. A file that cannot be
 * trusted (missing, damaged, of another version, fed from another log) is made anew, and `log` told why.
 *
 * @throws StoreUnavailable
 * @throws Error when another process has the file open, or nothing can be written there
 */
export const openAuditLog = async ({ file, store, log = () => {}, batchSize = 250 }: AuditLogOptions): Promise<AuditLog> => {
  const { start, stop, status, catchUp, rebuild, ask } = await openDerivedIndex({
    store,
    file,
    tables: auditTables,
    prefixes: auditedPrefixes,
    batchSize,
    restMs,
    log,
    open: openStoredTree,
    take: async (tree, events) => tree.take(events),
  })
  return {
    start,
    stop,
    status: () => {
      const { position, caughtUp } = status()
      return { size: ask((tree) => tree.size()), position, caughtUp }
    },
    catchUp,
    root: (size) => ask((tree) => tree.root(size)),
    indexOf: (eventId) => ask((tree) => tree.indexOf(eventId)),
    leafHash: (index) => ask((tree) => tree.leafHash(index)),
    inclusion: (index, size) => ask((tree) => tree.inclusion(index, size)),
    consistency: (from, to) => ask((tree) => tree.consistency(from, to)),
    rebuild,
  }
}
