import type { EventStoreDBClient } from '@eventstore/db-client'
import services from '@eventstore/db-client/generated/streams_grpc_pb.js'
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js'

type Metadata = NonNullable<Parameters<StreamsClient['read']>[1]>
type Options = NonNullable<Parameters<StreamsClient['read']>[2]>

/** What the client keeps to itself. It is the last version under its name, and `package.json` names it exactly. */
interface Inside {
  GRPCStreamCreator<Call>(
    client: typeof StreamsClient,
    name: string,
    create: (client: StreamsClient) => Call,
    opened?: WeakMap<StreamsClient, Call>,
  ): () => Promise<Call>
  callArguments(base: object, options: { deadline: number }): [Metadata, Options]
}

/**
 * A call that may stay open, on the client's own connection and with its credentials.
 * @param opened keeps the call for as long as it lives, so that it is opened once
 * @returns opens it
 */
export const streamingCall = <Call>(
  client: EventStoreDBClient,
  name: string,
  create: (grpc: StreamsClient, metadata: Metadata, options: Options) => Call,
  opened?: WeakMap<StreamsClient, Call>,
): (() => Promise<Call>) => {
  const inside = client as unknown as Inside
  return inside.GRPCStreamCreator(
    services.StreamsClient,
    name,
    (grpc) => create(grpc, ...inside.callArguments({}, { deadline: Infinity })),
    opened,
  )
}
