import { setTimeout as delay } from 'node:timers/promises'
import type { CaughtUp, RecordedEvent, SubscribeOptions } from '#event-store'
import { StoreUnavailable } from '#event-store'
import type { Reader } from './read.js'
import type { WakeUp } from './wake-up.js'

/**
 * Reads up to the end of the log, says so, waits for the bell, reads on. What was delivered is known by its position, so
 * after any interruption it goes on where it stood; a server that is away is waited for without limit.
 *
 * @param ended ends the subscription at once, whatever it is doing
 */
export async function* followLog(
  reader: Reader,
  wakeUp: WakeUp,
  ended: AbortSignal,
  { after = -1n, prefixes }: SubscribeOptions,
): AsyncGenerator<RecordedEvent | CaughtUp> {
  let position = after
  let told: bigint | undefined
  const options = () => ({ after: position, ...(prefixes && { prefixes }) })
  while (!ended.aborted) {
    const { rings } = wakeUp
    const begun = performance.now()
    try {
      const end = await reader.head()
      for await (const event of reader.log(options(), end)) {
        if (ended.aborted) return
        position = event.position
        yield event
        if (ended.aborted) return
      }
      if (ended.aborted) return
      if (end > position) position = end
    } catch (error) {
      if (ended.aborted) return
      // The reader has been patient already.
      if (!(error instanceof StoreUnavailable)) throw error
      await delay(patienceBetween, undefined, { signal: ended }).catch(() => undefined)
      continue
    }
    if (told !== position) yield { caughtUp: true, position }
    told = position
    // The bell does not ring for other streams, whose events are behind us too once they have been looked at.
    await wakeUp.after(rings, AbortSignal.any([ended, AbortSignal.timeout(lookAgainAfter)]))
    // Under load the bell never stops ringing: what comes within a moment is then read in one go.
    const early = gatherFor - (performance.now() - begun)
    if (early > 0) await delay(early, undefined, { signal: ended }).catch(() => undefined)
  }
}

/** Milliseconds. */
const patienceBetween = 1_000
const gatherFor = 15
const lookAgainAfter = 1_000
