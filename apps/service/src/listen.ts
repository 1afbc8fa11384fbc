import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { once } from 'node:events'
import { createServer, type AddressInfo, type ListenOptions, type Server } from 'node:net'

/** Connections that wait to be accepted, for each way in: who finds no place there waits for seconds, or is turned off without a word. */
const backlog = 4096
/**
 * Node accepts one connection of a listening socket in each round of the event loop. Under load a round takes as long as a batch
 * of work does, and a crowd of new clients would wait for minutes: so there are several sockets on the one port.
 */
const waysIn = 64

/**
 * @returns what ends the accepting by the other sockets, and resolves when the last of their connections has ended
 * @throws Error of the kind EADDRINUSE, EACCES, …
 */
export const listen = async (app: NestFastifyApplication, port: number, host: string): Promise<() => Promise<void>> => {
  // Others could share the port as we do ourselves; nobody else shall have it.
  if (port !== 0) await assertFree(port, host)
  const reusePort = await canShare(host)
  const options: ListenOptions & { readonly port: number } = { port, host, backlog, reusePort }
  await app.listen(options)
  if (!reusePort) return async () => undefined
  const main = app.getHttpServer() as Server
  const bound = (main.address() as AddressInfo).port
  const others = Array.from({ length: waysIn - 1 }, () =>
    // As Node's HTTP server has it.
    createServer({ allowHalfOpen: true, noDelay: true }, (socket) => main.emit('connection', socket)),
  )
  await Promise.all(others.map((other) => listenOn(other, bound, host, true)))
  return async () => {
    await Promise.all(others.map((other) => new Promise((resolve) => other.close(resolve))))
  }
}

const listenOn = async (server: Server, port: number, host: string, reusePort: boolean): Promise<void> => {
  server.listen({ port, host, backlog, reusePort })
  await once(server, 'listening')
}

const assertFree = async (port: number, host: string): Promise<void> => {
  const probe = createServer()
  await listenOn(probe, port, host, false)
  probe.close()
  await once(probe, 'close')
}

/** Not every system can. */
const canShare = async (host: string): Promise<boolean> => {
  const probe = createServer()
  try {
    await listenOn(probe, 0, host, true)
    return true
  } catch {
    return false
  } finally {
    probe.close()
  }
}
