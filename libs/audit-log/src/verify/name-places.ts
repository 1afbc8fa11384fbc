import { compareSequences } from './compare-sequences.js'
import type { Findings } from './findings.js'

export interface Places {
  /** The line of a place among the events, both counted as people do and from 0. */
  readonly lineOf: (place: number) => number
  readonly eventIdOf: (place: number) => string | undefined
}

/**
 * Names what was altered, removed, inserted and moved. @returns whether something is missing
 */
export const namePlaces = (findings: Findings, expected: Uint32Array, found: Uint32Array, at: Places): boolean => {
  const { altered, removed, inserted, moved } = compareSequences(expected, found)
  const name = (kind: 'altered' | 'inserted' | 'moved', place: number, message: string): void => {
    const line = at.lineOf(place)
    // What the line itself has told says more.
    if (findings.hasLine(line)) return
    const eventId = at.eventIdOf(place)
    findings.add({ kind, line, ...(eventId !== undefined && { eventId }), message: `Line ${line}${ofEvent(eventId)} ${message}` })
  }
  for (const { found: place } of altered) name('altered', place, 'was altered, together with its leaf: the ledger has another event there.')
  for (const { found: place, copyOf } of inserted)
    name(
      'inserted',
      place,
      copyOf === undefined
        ? 'was inserted: the ledger has no such event there.'
        : `was inserted: it is a copy of line ${at.lineOf(copyOf)}.`,
    )
  for (const { found: place, expected: from } of moved)
    name('moved', place, `was moved: it is event ${from + 1} of the export, and stands as event ${place + 1}.`)
  for (const { expected: from, before } of removed) {
    const line = at.lineOf(before)
    findings.add({ kind: 'removed', line, message: `Before line ${line} an event was removed: event ${from + 1} of the export.` })
  }
  return removed.length > 0
}

export const ofEvent = (eventId: string | undefined): string => (eventId === undefined ? '' : ` (event ${eventId})`)
