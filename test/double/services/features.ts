import { features, gossip } from '../wire/generated.js'
import { toUuid } from '../wire/to-wire.js'
import type { Node } from './node.js'
import { answer } from './node.js'
import type { GossipImplementation, ServerFeaturesImplementation } from './implementations.js'

/** The line of servers whose behaviour the double copies. */
const serverVersion = '22.10.5'

const featuresOf: Readonly<Record<string, readonly string[]>> = {
  '/event_store.client.streams.streams/read': ['position', 'events'],
  '/event_store.client.streams.streams/batchappend': ['deadline_duration'],
  '/event_store.client.projections.projections/create': ['track_emitted_streams'],
}

/** @param paths of all methods that the double serves */
export const serverFeatures = (node: Node, paths: readonly string[]): ServerFeaturesImplementation => ({
  getSupportedMethods: (call, callback) =>
    void answer(node, call, 'features', callback, () => {
      const supported = new features.SupportedMethods()
      supported.setEventStoreServerVersion(serverVersion)
      for (const path of paths) {
        const [, service = '', name = ''] = path.toLowerCase().split('/')
        const method = new features.SupportedMethod()
        method.setServiceName(service)
        method.setMethodName(name)
        method.setFeaturesList([...(featuresOf[path.toLowerCase()] ?? [])])
        supported.addMethods(method)
      }
      return supported
    }),
})

export const gossipService = (node: Node): GossipImplementation => ({
  read: (call, callback) =>
    void answer(node, call, 'gossip', callback, () => {
      const info = new gossip.ClusterInfo()
      const { VNodeState } = gossip.MemberInfo
      for (const { id, host, port, isLeader, isAlive } of node.members()) {
        const endPoint = new gossip.EndPoint()
        endPoint.setAddress(host)
        endPoint.setPort(port)
        const member = new gossip.MemberInfo()
        member.setInstanceId(toUuid(id))
        member.setTimeStamp(String(BigInt(Date.now()) * 10_000n))
        member.setState(isLeader ? VNodeState.LEADER : VNodeState.FOLLOWER)
        member.setIsAlive(isAlive)
        member.setHttpEndPoint(endPoint)
        info.addMembers(member)
      }
      return info
    }),
})

export const pathsOf = (...services: readonly object[]): string[] =>
  services.flatMap((service) => Object.values(service).map(({ path }: { path: string }) => path))
