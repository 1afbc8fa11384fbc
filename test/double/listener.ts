import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:net'

/** The double's door: takes connections at one port, can cut them, and can close and open again at the same port. */
export interface Listener {
  readonly port: number
  open(): Promise<void>
  /** Takes no more connections, and cuts those it has. */
  close(): Promise<void>
  cutAll(): void
  /** @param peer as gRPC names it: `127.0.0.1:40112` */
  cut(peer: string): void
}

/** @param port 0: any free one, and the same again after `close` */
export const createListener = (port: number, take: (socket: Socket) => void): Listener => {
  const sockets = new Map<string, Socket>()
  let bound = port
  const server = createServer((socket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`
    sockets.set(peer, socket)
    socket.on('close', () => void sockets.delete(peer)).on('error', () => undefined)
    take(socket)
  })
  const cutAll = () => {
    for (const socket of sockets.values()) socket.destroy()
  }
  return {
    get port() {
      return bound
    },
    open: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(bound, '127.0.0.1', () => {
          server.off('error', reject)
          bound = (server.address() as AddressInfo).port
          resolve()
        })
      }),
    close: async () => {
      if (!server.listening) return
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      cutAll()
      await closed
    },
    cutAll,
    cut: (peer) => void sockets.get(peer)?.destroy(),
  }
}
