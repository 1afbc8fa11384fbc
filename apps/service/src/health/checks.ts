import type { Directory } from '#directory'
import type { EventStore } from '#event-store'
import type { LiveEngine } from '#live-engine'
import type { HealthCheck } from '#platform'
import type { Projections } from '#projections'
import { lagOf } from './lag.js'

export interface CheckParts {
  readonly store: EventStore
  readonly directory: Directory
  readonly projections: Projections
  readonly live: LiveEngine
}

/** What must be well for the service to be ready; the vendor's reachability is only told. */
export const createChecks = ({ store, directory, projections, live }: CheckParts): readonly HealthCheck[] => [
  {
    name: 'store',
    check: async () => {
      await store.head()
      return { ok: true, detail: { engine: store.engine } }
    },
  },
  {
    name: 'projections',
    check: async () => {
      const states = await projections.status()
      return {
        ok: states.every(({ status }) => !status.startsWith('Faulted')),
        detail: Object.fromEntries(
          states.map(({ name, status, stateReason, ...progress }) => [
            name,
            { status, stateReason, caughtUp: progress.caughtUp, lag: lagOf(progress) },
          ]),
        ),
      }
    },
  },
  {
    name: 'directory',
    check: () => {
      const { caughtUp, position } = directory.status()
      return Promise.resolve({ ok: true, detail: { caughtUp, position: String(position) } })
    },
  },
  {
    name: 'vendor',
    informational: true,
    check: async () => {
      const { outcome } = await live.getRoomInfo({ roomId: 'room-ledger-health' })
      return { ok: outcome === 'ok' || outcome === 'refused', detail: { outcome } }
    },
  },
]
