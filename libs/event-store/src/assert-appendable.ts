import type { ExpectedRevision } from './event-store.js'
import type { EventToAppend } from './event.js'

/**
 * Guards an adapter against what no store could give back as it was: names that are empty or no well-formed Unicode
 * (a lone surrogate would be stored as another character), a body that is no object (EventStoreDB's projections fail on
 * one), one id twice in an append, a revision that is none.
 *
 * @throws TypeError a defect of the caller
 */
export const assertAppendable = (stream: string, events: readonly EventToAppend[], expected: ExpectedRevision): void => {
  assertName('stream', stream)
  if (typeof expected === 'number' && !(Number.isSafeInteger(expected) && expected >= 0)) {
    throw new TypeError(`expected revision must be a whole number from 0 on, not ${expected}`)
  }
  const ids = new Set<string>()
  for (const { id, type, data, metadata } of events) {
    assertName('event id', id)
    assertName('event type', type)
    assertObject('data', type, data)
    assertObject('metadata', type, metadata)
    if (ids.has(id)) throw new TypeError(`event id ${id} stands twice in one append to ${stream}`)
    ids.add(id)
  }
}

const assertName = (what: string, name: string): void => {
  if (name === '' || !name.isWellFormed()) throw new TypeError(`${what} must be non-empty, well-formed Unicode: ${JSON.stringify(name)}`)
}

const assertObject = (what: string, type: string, value: unknown): void => {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${what} of event ${type} must be an object`)
}
