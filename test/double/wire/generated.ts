/** The client's generated code, by the names the double uses: messages and service definitions of the protocol. */
import gossip from '@eventstore/db-client/generated/gossip_pb.js'
import gossipServices from '@eventstore/db-client/generated/gossip_grpc_pb.js'
import features from '@eventstore/db-client/generated/serverfeatures_pb.js'
import featureServices from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
import projections from '@eventstore/db-client/generated/projections_pb.js'
import projectionServices from '@eventstore/db-client/generated/projections_grpc_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import status from '@eventstore/db-client/generated/status_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import streamServices from '@eventstore/db-client/generated/streams_grpc_pb.js'

export { features, gossip, projections, shared, status, streams }
export const { StreamsService } = streamServices
export const { ProjectionsService } = projectionServices
export const { GossipService } = gossipServices
export const { ServerFeaturesService } = featureServices
