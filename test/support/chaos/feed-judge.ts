import type { RecordedEvent } from '#event-store'
import type { Taken } from './feed-readers.js'

/** What is not as was promised: each of the ledger's events once, in its order, nothing else, and no cursor twice. */
export const differences = (reader: string, taken: readonly Taken[], ledger: readonly RecordedEvent[]): string[] => {
  const found: string[] = []
  if (taken.length !== ledger.length) found.push(`${reader}: was given ${taken.length} events of ${ledger.length}`)
  const wrong = ledger.findIndex((event, index) => textOf(taken[index]) !== textOfRecorded(event))
  if (wrong >= 0)
    found.push(`${reader}: as number ${wrong} it was given ${textOf(taken[wrong])}, the ledger has ${textOfRecorded(ledger[wrong]!)}`)
  const cursors = new Set(taken.map(({ cursor }) => cursor))
  if (cursors.size !== taken.length) found.push(`${reader}: ${taken.length - cursors.size} cursors came twice`)
  return found
}

const textOf = (taken: Taken | undefined): string =>
  taken ? `${taken.type} ${taken.eventId} of ${taken.roomId} at ${taken.revision}` : 'nothing'

const textOfRecorded = ({ type, id, stream, revision }: RecordedEvent): string =>
  `${type} ${id} of ${stream.slice('room-'.length)} at ${revision}`
