import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A line to a server that can be cut: whatever is said on it goes on, until it does not. */
export interface Line {
  readonly url: string
  /** Ends every connection at once, as a lost network does; new ones are taken. */
  cut(): void
  /** Connections that were opened so far. */
  opened(): number
  close(): Promise<void>
}

/** @param target where it leads; asked for each connection. */
export const openLine = async (target: () => string): Promise<Line> => {
  const sockets = new Set<Socket>()
  let opened = 0
  const server = createServer((near) => {
    opened += 1
    const { hostname, port } = new URL(target())
    const far = connect(Number(port), hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.once('close', () => (sockets.delete(one), other.destroy()))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => sockets.forEach((socket) => void socket.resetAndDestroy())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    opened: () => opened,
    close: async () => {
      const closed = once(server.close(), 'close')
      cut()
      await closed
    },
  }
}
