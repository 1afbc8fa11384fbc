import { randomUUID } from 'node:crypto'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import type { Backend, ProjectionsMode } from './backend.js'
import { createBackend } from './backend.js'
import type { Calls } from './count-calls.js'
import { countCalls } from './count-calls.js'
import { makeCertificate } from './certificate.js'
import type { Faults } from './faults.js'
import { createFaults } from './faults.js'
import { createListener } from './listener.js'
import type { Log } from './log/log.js'
import { projectionsService } from './projections/service.js'
import type { Users } from './services/access.js'
import { createAccess } from './services/access.js'
import { append } from './services/append.js'
import { batchAppend } from './services/batch-append.js'
import { deleteStream, tombstone } from './services/delete.js'
import { gossipService, pathsOf, serverFeatures } from './services/features.js'
import type { StreamsImplementation } from './services/implementations.js'
import { tooSlow } from './services/live.js'
import type { Member, Node } from './services/node.js'
import { read } from './services/read.js'
import { failures } from './wire/failures.js'
import { GossipService, ProjectionsService, ServerFeaturesService, StreamsService } from './wire/generated.js'

export interface DoubleOptions {
  /** Default: any free one. */
  readonly port?: number
  /** Shared by the doubles of a cluster. Default: one of its own. */
  readonly backend?: Backend
  /** Default `all`. Means nothing with a backend that is given. */
  readonly projections?: ProjectionsMode
  /** Default: a server without users, where everybody may do everything. */
  readonly users?: Users
  /** Events that may wait for a live subscriber before it is dropped. Default 64: twice the server's 32. */
  readonly liveBuffer?: number
  /** All members of the cluster, this double among them. Default: this one alone, and it leads. */
  readonly members?: () => readonly Member[]
  /** Default: false, as on a server that is started insecure. Clients send passwords over TLS only. */
  readonly tls?: boolean
}

/** A stand-in for an EventStoreDB server, in memory. A test tool: it keeps nothing and secures nothing. */
export interface Double {
  /** Connection string; with TLS it names the authority to trust. */
  readonly url: string
  /** The same with a user's name and password. */
  urlAs(user: string, password: string): string
  readonly port: number
  readonly id: string
  readonly log: Log
  readonly faults: Faults
  readonly calls: Calls
  /** Ends all live subscriptions as the server ends those that fall behind. */
  dropSubscriptions(): void
  /** Cuts every connection; new ones are taken at once. */
  cutConnections(): void
  /** Goes away; the log stays. `graceful`: tells those who follow, as a server does that is shut down in order. */
  stop(how?: { readonly graceful?: boolean }): Promise<void>
  /** Comes back at the same port. `forgetIds`: with the empty memory of ids that a restarted server has. Default true. */
  start(how?: { readonly forgetIds?: boolean }): Promise<void>
  close(): Promise<void>
}

/**
 * @example
 * const double = await startDouble()
 * const store = await openEsdbEventStore({ connectionString: double.url })
 */
export const startDouble = async (options: DoubleOptions = {}): Promise<Double> => {
  const { port = 0, users, liveBuffer = 64, tls = false } = options
  const backend = options.backend ?? createBackend(options.projections)
  const { log, manager } = backend
  const id = randomUUID()
  const faults = createFaults()
  const server = new Server({ 'grpc.max_receive_message_length': -1 })
  const certificate = tls ? await makeCertificate() : undefined
  const credentials = certificate
    ? ServerCredentials.createSsl(null, [{ cert_chain: certificate.cert, private_key: certificate.key }])
    : ServerCredentials.createInsecure()
  const injector = server.createConnectionInjector(credentials)
  const listener = createListener(port, (socket) => injector.injectConnection(socket))
  const alone = (): readonly Member[] => [{ id, host: '127.0.0.1', port: listener.port, isLeader: true, isAlive: true, isSelf: true }]
  const node: Node = {
    log,
    faults,
    access: createAccess(log, users),
    members: options.members ?? alone,
    liveBuffer,
    live: new Set(),
    cut: (peer) => listener.cut(peer),
  }
  const calls = countCalls()
  const streams: StreamsImplementation = {
    read: calls.counted('read', read(node)),
    append: calls.counted('append', append(node)),
    batchAppend: calls.counted('batchAppend', batchAppend(node)),
    delete: calls.counted('delete', deleteStream(node)),
    tombstone: calls.counted('tombstone', tombstone(node)),
  }
  server.addService(StreamsService, streams)
  server.addService(GossipService, gossipService(node))
  if (manager) server.addService(ProjectionsService, projectionsService(node, manager))
  const services = [StreamsService, GossipService, ServerFeaturesService, ...(manager ? [ProjectionsService] : [])]
  server.addService(ServerFeaturesService, serverFeatures(node, pathsOf(...services)))
  await listener.open()

  const endLive = (why: ReturnType<typeof tooSlow>) => {
    for (const end of node.live) end(why)
  }
  const urlAs = (login: string) =>
    `esdb://${login}127.0.0.1:${listener.port}?tls=${tls}${certificate ? `&tlsCAFile=${certificate.caFile}` : ''}`
  return {
    url: urlAs(''),
    urlAs: (user, password) => urlAs(`${encodeURIComponent(user)}:${encodeURIComponent(password)}@`),
    port: listener.port,
    id,
    log,
    faults,
    calls,
    dropSubscriptions: () => endLive(tooSlow()),
    cutConnections: () => listener.cutAll(),
    stop: async ({ graceful = false } = {}) => {
      if (graceful) {
        endLive(failures.stopping())
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      await listener.close()
    },
    start: async ({ forgetIds = true } = {}) => {
      if (forgetIds) log.forgetIds()
      await listener.open()
    },
    close: async () => {
      if (!options.backend) backend.close()
      await listener.close()
      injector.destroy()
      server.forceShutdown()
      certificate?.remove()
    },
  }
}
