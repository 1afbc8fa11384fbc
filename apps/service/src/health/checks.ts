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
export const createChecks = ({ store, directory, projections, live }: CheckParts): readonly HealthCheck[] => {
  const vendorOutcome = createVendorLook(live.inBackground())
  return [
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
        const outcome = await vendorOutcome()
        const { breaker, configurationFault } = live.status()
        // Not the vendor's words: anybody may ask.
        const fault = configurationFault && { errorCode: configurationFault.errorCode, at: configurationFault.at }
        return { ok: outcome === 'ok' || outcome === 'refused', detail: { outcome, breaker, ...(fault && { configurationFault: fault }) } }
      },
    },
  ]
}

/** Milliseconds that an answer of the vendor is good for: whoever asks us often shall not make us ask it as often. */
const lookEveryMs = 2000

const createVendorLook = (live: LiveEngine): (() => Promise<string>) => {
  let look: Promise<string> | undefined
  let at = -Infinity
  return () => {
    if (!look || performance.now() - at > lookEveryMs) {
      at = performance.now()
      look = live.getRoomInfo({ roomId: 'room-ledger-health' }).then(({ outcome }) => outcome)
    }
    return look
  }
}
