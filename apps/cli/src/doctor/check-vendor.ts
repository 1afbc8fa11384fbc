import { classifyErrorCode, createLiveEngine, problemForVendorCode, remedyForVendorCode, type VendorFailure } from '#live-engine'
import type { Settings } from '#platform'
import { mend, ok, type Finding } from './finding.js'

/** No room of that id should be there; should it, reading it does no harm. */
const nobodysRoom = 'room-ledger-doctor'

/** Signs a call and sends it: reads a room that is not there. */
export const checkVendor = async ({ live: settings }: Pick<Settings, 'live'>): Promise<Finding> => {
  const live = createLiveEngine(settings)
  try {
    const answer = await live.getRoomInfo({ roomId: nobodysRoom })
    return answer.outcome === 'ok' ? well(settings) : judge(answer, settings)
  } finally {
    await live.close()
  }
}

const well = ({ baseUrl }: Settings['live']): Finding => ok('vendor', `${baseUrl} answers, and takes the signature`)

const judge = (failure: VendorFailure, settings: Settings['live']): Finding => {
  const { errorCode, errorInfo = '' } = failure.vendor ?? {}
  if (errorCode === undefined) return mend('vendor', unreachable('cause' in failure ? failure.cause : failure.outcome, settings))
  const remedy = remedyForVendorCode(errorCode)
  const isFault = problemForVendorCode(errorCode).type === 'vendor-configuration'
  if (remedy !== undefined || isFault)
    return mend('vendor', `${errorCode} ${errorInfo}: ${remedy ?? 'look the code up in the pages of the vendor, or ask its support'}`)
  if (failure.outcome === 'refused') return well(settings)
  if (classifyErrorCode(errorCode) === 'throttled')
    return mend(
      'vendor',
      `${errorCode} ${errorInfo}: it takes the signature but throttles: LIVE_RATE_LIMIT of all instances together must stay below its figure`,
    )
  return mend('vendor', `${errorCode} ${errorInfo}: it has a trouble of its own; try again later`)
}

const unreachable = (cause: string, { baseUrl, timeoutMs }: Settings['live']): string => {
  const remedies: Readonly<Record<string, string>> = {
    timeout: `it gave no answer within ${timeoutMs} ms: see to the network, firewalls and LIVE_TIMEOUT_MS`,
    connection: 'there is no connection: see LIVE_BASE_URL, name resolution, firewalls and certificates',
    'unreadable-answer': 'what answers there does not speak as the vendor does: see LIVE_BASE_URL',
  }
  const http = /^http-(\d+)$/.exec(cause)?.[1]
  const remedy = http ? `what answers there says HTTP ${http}: see LIVE_BASE_URL, and proxies on the way` : (remedies[cause] ?? cause)
  return `LIVE_BASE_URL: ${baseUrl}: ${remedy}`
}
