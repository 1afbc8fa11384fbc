/** What gRPC asks of a service, in the client's own types. */
export type { IGossipServer as GossipImplementation } from '@eventstore/db-client/generated/gossip_grpc_pb.js'
export type { IServerFeaturesServer as ServerFeaturesImplementation } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
export type { IStreamsServer as StreamsImplementation } from '@eventstore/db-client/generated/streams_grpc_pb.js'
