import type { Auditor, AuditLog } from '#audit-log'
import type { EventStore } from '#event-store'
import { gauge, type HealthCheck } from '#platform'
import { lagOf } from '../health/lag.js'

export interface AuditHealthParts {
  readonly store: EventStore
  readonly auditLog: AuditLog
  readonly auditor: Auditor
  /** RFC 3339. */
  readonly now: () => string
}

/** Told, but no reason to take an instance out: rooms are served all the same. */
export const auditCheck = ({ auditLog, auditor }: AuditHealthParts): HealthCheck => ({
  name: 'audit',
  informational: true,
  check: async () => {
    const { size, caughtUp } = auditLog.status()
    const { last, refused, sinkFailure } = auditor.status()
    const checkpoint = last ? { size: last.size, createdAt: last.createdAt } : null
    // Not the reasons in full: anybody may ask, and they name files and hosts. The log has them.
    const detail = { size, caughtUp, checkpoint, signing: refused?.kind ?? 'ok', sink: sinkFailure === undefined ? 'ok' : 'failing' }
    return { ok: refused === undefined && sinkFailure === undefined, detail }
  },
})

/** Shows in the metrics how far the tree has come and how the signing goes. */
export const measureAudit = ({ store, auditLog, auditor, now }: AuditHealthParts): void => {
  gauge('room_ledger_audit_size', 'Events under the Merkle tree', () => auditLog.status().size)
  gauge(
    'room_ledger_audit_lag',
    `How far the tree is behind the end of the log, in ${store.engine === 'eventstoredb' ? 'bytes of the log' : 'events'}; 0 = not at all. Absent while the store does not answer`,
    async () => lagOf({ position: auditLog.status().position, head: await store.head(), caughtUp: false }),
  )
  gauge(
    'room_ledger_audit_checkpoint_age_seconds',
    'Since the last checkpoint was signed, by whatever instance this one knows of. Absent before the first',
    () => {
      const { last } = auditor.status()
      if (!last) throw new Error('there is none yet')
      return Math.max(0, (Date.parse(now()) - Date.parse(last.createdAt)) / 1000)
    },
  )
  gauge('room_ledger_audit_refused', '1 = this instance signs no checkpoints, /health/ready tells why; 0 = it does', () =>
    auditor.status().refused ? 1 : 0,
  )
  gauge('room_ledger_audit_sink_failing', '1 = checkpoints do not reach the sink, 0 = they do, or there is none', () =>
    auditor.status().sinkFailure === undefined ? 0 : 1,
  )
}
