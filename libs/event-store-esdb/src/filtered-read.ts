import type { EventStoreDBClient, ResolvedEvent } from '@eventstore/db-client'
import { convertGrpcEvent } from '@eventstore/db-client/dist/utils/convertGrpcEvent.js'
import { ReadStream } from '@eventstore/db-client/dist/streams/utils/ReadStream.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { ReadReq as Request } from '@eventstore/db-client/generated/streams_pb.js'
import services from '@eventstore/db-client/generated/streams_grpc_pb.js'
import { streamingCall } from './streaming-call.js'

export interface LogRange {
  readonly direction: 'forwards' | 'backwards'
  /** Inclusive. Left out: the beginning forwards, the end backwards. */
  readonly from?: bigint
  readonly limit: number
  /** Left out: every stream but the system's. */
  readonly prefixes?: readonly string[]
}

/**
 * Reads the log, filtered by the server. The protocol has it, and so has every server since 20.6, but the client's own
 * `readAll` sends "no filter" whatever it is given.
 */
export const readLogFiltered = (client: EventStoreDBClient, range: LogRange): ReadStream<ResolvedEvent> => {
  const request = requestOf(range)
  const create = streamingCall(client, 'readAllFiltered', (grpc, metadata, options) => grpc.read(request, metadata, options))
  return new ReadStream<ResolvedEvent>(create, convertGrpcEvent, {})
}

/** Stands for any message, whatever is in it. */
const message = new streams.ReadResp().setEvent(new streams.ReadResp.ReadEvent())

/**
 * Tells that the log has grown, once for each new event and now and then besides, from now on and without end. Nothing
 * of an event is unpacked: whoever wants it reads it.
 */
export const listenToLog = (client: EventStoreDBClient, prefixes?: readonly string[]): ReadStream<true> => {
  const request = requestOf({ direction: 'backwards', limit: 'live', ...(prefixes && { prefixes }) })
  const { path, requestSerialize } = services.StreamsService.read
  const create = streamingCall(client, 'listenToLog', (grpc, metadata, options) =>
    grpc.makeServerStreamRequest(path, requestSerialize, () => message, request, metadata, options),
  )
  return new ReadStream<true>(create, () => true, {})
}

const requestOf = ({ direction, from, limit, prefixes }: Omit<LogRange, 'limit'> & { readonly limit: number | 'live' }): Request => {
  const { Options } = streams.ReadReq
  const all = new Options.AllOptions()
  if (from !== undefined) {
    const position = new Options.Position()
    position.setCommitPosition(from.toString())
    position.setPreparePosition(from.toString())
    all.setPosition(position)
  } else if (direction === 'forwards') all.setStart(new shared.Empty())
  else all.setEnd(new shared.Empty())

  const expression = new Options.FilterOptions.Expression()
  if (prefixes) expression.setPrefixList([...prefixes])
  else expression.setRegex('^[^$]')
  const filter = new Options.FilterOptions()
  filter.setStreamIdentifier(expression)
  filter.setMax(searchWindow)
  filter.setCheckpointintervalmultiplier(1)

  const uuid = new Options.UUIDOption()
  uuid.setString(new shared.Empty())
  const options = new Options()
  options.setAll(all)
  if (limit === 'live') options.setSubscription(new Options.SubscriptionOptions())
  else options.setReadDirection(direction === 'forwards' ? 0 : 1).setCount(limit.toString())
  options.setUuidOption(uuid)
  options.setFilter(filter)
  const request = new streams.ReadReq()
  request.setOptions(options)
  return request
}

/** How many events the server looks at in one go. */
const searchWindow = 500
