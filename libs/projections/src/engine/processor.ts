import type { RecordedEvent } from '#event-store'
import { handlerLimitMs, type BatchOutcome, type Interpreter } from './interpreter.js'
import { patiently, RealmTimeout } from './realm.js'

/**
 * Runs batches and hands over what they led to, to be kept before the next one.
 *
 * The time limit of a handler is set on the batch as a whole, since a limit has its price. Where a batch exceeds it,
 * only one by one shows whether a handler did.
 *
 * @param begin makes an interpreter that goes on from what was kept
 * @param keep must keep all or nothing; what it throws goes to the caller, who then needs a new processor
 */
export const createProcessor = (begin: () => Interpreter, keep: (events: readonly RecordedEvent[], outcome: BatchOutcome) => void) => {
  let interpreter = begin()

  const oneByOne = (events: readonly RecordedEvent[]): void => {
    let spent = true
    for (const event of events) {
      const outcome = patiently(handlerLimitMs, (limit) => {
        if (spent) interpreter = begin()
        spent = true
        const processed = interpreter.process([event], limit)
        spent = false
        return processed
      })
      keep([event], outcome)
    }
  }

  return {
    query: interpreter.query,
    process: (events: readonly RecordedEvent[]): void => {
      let outcome: BatchOutcome
      try {
        outcome = interpreter.process(events)
      } catch (thrown) {
        if (!(thrown instanceof RealmTimeout)) throw thrown
        oneByOne(events)
        return
      }
      keep(events, outcome)
    },
  }
}
