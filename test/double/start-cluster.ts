import { createBackend } from './backend.js'
import type { Member } from './services/node.js'
import type { Double } from './start-double.js'
import { startDouble } from './start-double.js'

/** Several doubles on one log, of which one leads. A follower writes too, as servers do that hand writes on to the leader. */
export interface Cluster {
  /** `esdb://` with all members: the client asks them who leads. */
  readonly url: string
  readonly members: readonly Double[]
  /** Makes another member the leader; whoever requires the leader is sent there by the others. */
  lead(index: number): void
  /** Takes a member away: the others say that it is dead. */
  stop(index: number): Promise<void>
  start(index: number): Promise<void>
  close(): Promise<void>
}

export const startCluster = async (size = 3): Promise<Cluster> => {
  const backend = createBackend()
  const doubles: Double[] = []
  const dead = new Set<number>()
  let leader = 0
  const describe = (self: number): readonly Member[] =>
    doubles.map(({ id, port }, index) => ({
      id,
      host: '127.0.0.1',
      port,
      isLeader: index === leader,
      isAlive: !dead.has(index),
      isSelf: index === self,
    }))
  for (let index = 0; index < size; index += 1) doubles.push(await startDouble({ backend, members: () => describe(index) }))
  return {
    url: `esdb://${doubles.map(({ port }) => `127.0.0.1:${port}`).join(',')}?tls=false`,
    members: doubles,
    lead: (index) => {
      leader = index
    },
    stop: async (index) => {
      dead.add(index)
      await doubles[index]!.stop()
    },
    start: async (index) => {
      await doubles[index]!.start()
      dead.delete(index)
    },
    close: async () => {
      await Promise.all(doubles.map((double) => double.close()))
      backend.close()
    },
  }
}
