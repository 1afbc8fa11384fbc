import { counter } from '#platform'

/** recorded, duplicate, ignored, kept, quarantined, or refused (who sent it could not be believed). */
export const callbacksReceived = counter('live_callbacks_total', 'Callbacks by what became of them', ['result'])
