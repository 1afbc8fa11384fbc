import { isFiltered, type ExportFilter } from '#audit-log'
import { Problem } from '#platform'
import { eventTypes } from '#room'
import { OptionalBoolean, OptionalChoice, OptionalChoices, OptionalNumber, OptionalText, OptionalTime } from '../../queries/query-params.js'
import { checkRoomId } from '../../room-id.js'

/** Everything that is under the tree: what happens to rooms, what was set aside, and who looked. */
const auditedTypes = [...eventTypes, 'CallbackQuarantined', 'CallbackReplayed', 'CallbackKept', 'AuditAccessed']

export class ExportQuery {
  @OptionalChoice(['ndjson', 'csv'], 'ndjson (default) can be verified; csv is for reading.') format?: 'ndjson' | 'csv'
  @OptionalText(48, 'Events of this room alone; 404 when the ledger does not know it.') roomId?: string
  @OptionalText(128, 'Events that name this account: as owner, from, to, administrator, or as who did it.') account?: string
  @OptionalTime('Happened at or after this time.') from?: string
  @OptionalTime('Happened before this time.') to?: string
  @OptionalChoices(auditedTypes, 'Types of event') types?: string[]
  @OptionalBoolean('Of csv: with a byte order mark.') bom?: boolean
  @OptionalNumber(1, Number.MAX_SAFE_INTEGER, 'At the checkpoint of this size; default: one of now.') size?: number
  @OptionalText(200, 'Of ndjson, with size: only what stands behind the event of this id, to go on where an export was cut off.')
  after?: string
}

/** @throws Problem 400 for what does not go together */
export const filterOf = ({ format, bom, size, after, roomId, account, from, to, types }: ExportQuery): ExportFilter => {
  if (roomId !== undefined) checkRoomId(roomId)
  if (bom !== undefined && format !== 'csv') throw invalid('bom', 'goes with format=csv alone')
  if (after !== undefined && format === 'csv') throw invalid('after', 'goes with format=ndjson alone')
  if (after !== undefined && size === undefined) throw invalid('after', 'needs size: that of the export to go on with')
  if (from !== undefined && to !== undefined && from >= to) throw invalid('to', 'must be later than from')
  const filter: ExportFilter = { roomId, account, from, to, types: types && [...new Set(types)].toSorted() } as ExportFilter
  return isFiltered(filter) ? (Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as ExportFilter) : {}
}

export const invalid = (field: string, message: string): Problem =>
  new Problem({ type: 'invalid-request', detail: `${field} ${message}.`, errors: { [field]: [message] } })
