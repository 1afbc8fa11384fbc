import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js'
import type { LogRecord } from '../log/record.js'
import { failures } from './failures.js'
import { nameOf } from './append-request.js'

export interface ReadRequest {
  /** Left out: the whole log. */
  readonly stream?: string
  readonly backwards: boolean
  /** A revision where a stream is read, a position where the log is. */
  readonly from: 'start' | 'end' | bigint
  readonly limit: number
  readonly live: boolean
  readonly resolveLinks: boolean
  readonly filter?: Filter
}

export interface Filter {
  matches(record: LogRecord): boolean
  /** How many events are looked at in one go. */
  readonly window: number
  /** After how many looked at a checkpoint is told. */
  readonly checkpointEvery: number
}

/** How many events the server reads in one go. */
export const page = 32

/** @throws Failure for what the server does not take either */
export const parseRead = (request: ReadReq): ReadRequest => {
  const options = request.getOptions()
  if (!options) throw failures.invalid('options are missing')
  const stream = options.getStream()
  const all = options.getAll()
  const place = stream ?? all
  if (!place) throw failures.invalid('neither a stream nor $all')
  const filter = options.getFilter()
  const backwards = options.getReadDirection() === 1
  const live = options.hasSubscription()
  if ((filter && stream) || (live && backwards)) throw failures.invalid('The combination is invalid.')
  const at = stream?.hasRevision() ? BigInt(stream.getRevision()) : BigInt(all?.getPosition()?.getCommitPosition() ?? 0)
  return {
    ...(stream && { stream: nameOf(stream.getStreamIdentifier()) }),
    backwards,
    from: place.hasStart() ? 'start' : place.hasEnd() ? 'end' : at,
    limit: live ? Infinity : Number(options.getCount()),
    live,
    resolveLinks: options.getResolveLinks(),
    ...(filter && { filter: parseFilter(filter) }),
  }
}

const parseFilter = (filter: ReadReq.Options.FilterOptions): Filter => {
  const byStream = filter.getStreamIdentifier()
  const expression = byStream ?? filter.getEventType()
  if (!expression) throw failures.invalid('a filter by nothing')
  const window = filter.hasMax() ? filter.getMax() : page
  const pattern = expression.getRegex() ? new RegExp(expression.getRegex()) : undefined
  const prefixes = expression.getPrefixList()
  const fits = (text: string) => (pattern ? pattern.test(text) : prefixes.some((prefix) => text.startsWith(prefix)))
  return {
    matches: ({ stream, type }) => fits(byStream ? stream : type),
    window,
    checkpointEvery: window * filter.getCheckpointintervalmultiplier(),
  }
}
