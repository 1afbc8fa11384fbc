import type { JsonObject } from '#event-store'

/** What an export holds of the log; absent = everything. */
export interface ExportFilter {
  /** The events of this room alone: the stream `room-{roomId}`. */
  readonly roomId?: string
  /** Events that name this account: as owner (made, asked for, or at the end), from, to, administrator, or whoever did it. */
  readonly account?: string
  /** Happened at or after this time, by `occurredAt`: RFC 3339 UTC with milliseconds. */
  readonly from?: string
  /** Happened before this time. */
  readonly to?: string
  /** Types of event, such as `OwnerChanged`. */
  readonly types?: readonly string[]
}

/** What a filter looks at; both a recorded event and the content of an exported line have it. */
export interface Filtered {
  readonly stream: string
  readonly type: string
  readonly data: JsonObject
  readonly metadata: JsonObject
}

export const isFiltered = (filter: ExportFilter): boolean => Object.values(filter).some((value) => value !== undefined)

/** Only a room alone, so that a hole in its revisions is a hole in the export. */
export const isWholeRoom = ({ roomId, ...others }: ExportFilter): boolean => roomId !== undefined && !isFiltered(others)

/** Whether an event belongs into an export; an event without a time belongs into none that asks for one. */
export const matches = ({ roomId, account, from, to, types }: ExportFilter, event: Filtered): boolean => {
  if (roomId !== undefined && event.stream !== `room-${roomId}`) return false
  if (types && !types.includes(event.type)) return false
  const at = event.metadata['occurredAt']
  if ((from !== undefined || to !== undefined) && typeof at !== 'string') return false
  if (from !== undefined && (at as string) < from) return false
  if (to !== undefined && (at as string) >= to) return false
  return account === undefined || names(event, account)
}

const names = ({ data, metadata }: Filtered, account: string): boolean => {
  const { owner, from, to, admins, lastInfo, parameters } = data
  const others = [within(lastInfo, 'owner'), within(parameters, 'owner'), within(parameters, 'newOwner'), within(metadata['actor'], 'id')]
  return [owner, from, to, ...others].includes(account) || (Array.isArray(admins) && admins.includes(account))
}

const within = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined
