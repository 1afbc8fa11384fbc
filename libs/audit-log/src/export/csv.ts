import type { JsonObject, RecordedEvent } from '#event-store'

/** One line of a CSV export: an event with its place in the log, from 0, and its leaf. */
export interface CsvRow {
  readonly index: number
  readonly event: RecordedEvent
  /** Base64 of the hash of the leaf: what a proof of inclusion begins with. */
  readonly leafHash: string
}

const text = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)

const within = (object: JsonObject, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    object,
  )

/** What each column is read from; docs/reference/export-format.md says what each means. */
const columns: Readonly<Record<string, (row: CsvRow) => unknown>> = {
  index: ({ index }) => index,
  eventId: ({ event }) => event.id,
  stream: ({ event }) => event.stream,
  revision: ({ event }) => event.revision,
  roomId: ({ event }) => (event.stream.startsWith('room-') ? event.stream.slice('room-'.length) : within(event.data, 'roomId')),
  type: ({ event }) => event.type,
  occurredAt: ({ event }) => within(event.metadata, 'occurredAt'),
  timeSource: ({ event }) => within(event.metadata, 'timeSource'),
  recordedAt: ({ event }) => within(event.metadata, 'recordedAt'),
  source: ({ event }) => within(event.metadata, 'source'),
  actorKind: ({ event }) => within(event.metadata, 'actor', 'kind'),
  actorId: ({ event }) => within(event.metadata, 'actor', 'id'),
  operationId: ({ event }) => within(event.metadata, 'operationId') ?? within(event.data, 'operationId'),
  requestedBy: ({ event }) => within(event.data, 'requestedBy', 'id'),
  onBehalfOf: ({ event }) => within(event.data, 'requestedBy', 'onBehalfOf'),
  reason: ({ event }) => within(event.data, 'reason'),
  owner: ({ event }) => within(event.data, 'owner'),
  from: ({ event }) => within(event.data, 'from'),
  to: ({ event }) => within(event.data, 'to'),
  data: ({ event }) => event.data,
  leafHash: ({ leafHash }) => leafHash,
}

export const csvColumns: readonly string[] = Object.keys(columns)

/** A spreadsheet runs what begins so, also behind blanks, quotes and signs that nobody sees. */
const formula = /^[\s"'\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20|%]|^[ "']*[\t\r\n]/u

/**
 * Puts an apostrophe before what a spreadsheet would take for a formula. Whoever reads the file by a program takes it away
 * again where what is behind it would have been given one.
 */
export const defuse = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell)

/** RFC 4180: what would be taken for the form of the file stands in quotes. */
const quote = (cell: string): string => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

const line = (cells: readonly string[]): string => `${cells.map((cell) => quote(defuse(cell))).join(',')}\r\n`

/** @param bom for programs that take a file without one for something else than UTF-8 */
export const csvHeader = ({ bom = false }: { readonly bom?: boolean | undefined } = {}): string =>
  `${bom ? '\uFEFF' : ''}${line(csvColumns)}`

export const csvLine = (row: CsvRow): string => line(Object.values(columns).map((read) => text(read(row))))
