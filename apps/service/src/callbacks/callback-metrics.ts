import { counter } from '#platform'

/** recorded, duplicate, ignored, kept, quarantined, or refused (not to be believed, too large, or not JSON). */
export const callbacksReceived = counter('live_callbacks_total', 'Callbacks by what became of them', ['result'])
