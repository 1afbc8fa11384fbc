import { remedyForVendorCode, type LiveEngine, type LiveEngineSettings } from '#live-engine'
import { counter, gauges } from '#platform'

const calls = counter(
  'room_ledger_vendor_calls_total',
  'Calls to the vendor, repetitions included, by API and what came of them (ok, refused, throttled, configuration, unknown)',
  ['api', 'outcome'],
)
const held = counter(
  'room_ledger_vendor_calls_held_total',
  'Calls that were not made, by API and cause: busy = the queue was full, away = the vendor could not be reached',
  ['api', 'cause'],
)

/** What the client of the vendor tells while it works: counted, and where somebody must mend something, logged. */
export const watchVendor = (
  log: (level: 'error', message: string) => void,
): Pick<LiveEngineSettings, 'onAnswer' | 'onHeld' | 'onConfigurationFault'> => ({
  onAnswer: (api, outcome) => calls.inc({ api, outcome }),
  onHeld: (api, cause) => held.inc({ api, cause }),
  onConfigurationFault: ({ command, errorCode, errorInfo }) =>
    log(
      'error',
      `the vendor refused ${command} with ${errorCode} (${errorInfo ?? 'no words'}): ${remedyForVendorCode(errorCode) ?? 'room-ledger doctor may know more'}`,
    ),
})

/** Shows in the metrics how the vendor looks from here. */
export const measureVendor = (live: LiveEngine): void => {
  gauges('room_ledger_vendor_queue', 'Calls to the vendor that wait for their turn, by API', ['api'], async () =>
    Object.entries(live.status().queues).map(([api, value]) => ({ labels: { api }, value })),
  )
  gauges('room_ledger_vendor_breaker', '1 for the state of the breaker: closed, open, probing', ['state'], async () => {
    const { breaker } = live.status()
    return ['closed', 'open', 'probing'].map((state) => ({ labels: { state }, value: state === breaker ? 1 : 0 }))
  })
}
