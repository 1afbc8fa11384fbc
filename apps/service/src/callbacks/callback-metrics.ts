import { counter } from '#platform'

/**
 * recorded, duplicate, ignored, kept, quarantined, refused (not to be believed, too large, or not JSON), or failed (nothing was
 * written: too many at once, or the store is away).
 */
export const callbacksReceived = counter('live_callbacks_total', 'Callbacks by what became of them', ['result'])
