import type { RecordedEvent } from '#event-store'
import { cloudEventType, toCloudEvent } from './cloud-event.js'

/** What a client shall wait, in milliseconds, before it comes again after its stream has ended. */
const retryMs = 2_000

/**
 * The beginning of a stream: what it says goes into effect before the first event.
 * @param cursor where it begins. A client that asked for `now` and is cut before the first event comes back to this place, not
 *   to what is then `now`.
 */
export const sseBeginning = (cursor: string): string => `retry: ${retryMs}\nid: ${cursor}\n\n`

/** One event as `text/event-stream` has it (WHATWG HTML, 9.2). JSON and cursors hold no line breaks. */
export const sseEvent = (event: RecordedEvent, cursor: string): string =>
  `id: ${cursor}\nevent: ${cloudEventType(event.type)}\ndata: ${JSON.stringify(toCloudEvent(event, cursor))}\n\n`

/**
 * Keeps a connection from looking dead.
 * @param cursor how far the log has been looked at. Clients keep an id that comes without data, so one that wants little is
 *   resumed where it was, not at the last event it wanted.
 */
export const sseHeartbeat = (cursor: string | undefined): string =>
  cursor === undefined ? ': still here\n\n' : `: still here\nid: ${cursor}\n\n`
