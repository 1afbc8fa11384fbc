import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Received {
  path: string
  query: Record<string, string>
  headers: IncomingMessage['headers']
  body: Record<string, unknown>
  at: number
  /** Number of the connection it came over. */
  connection: number
}

/** A server that takes callbacks, as the service would. */
export async function startReceiver(answer: (received: Received) => number | Promise<number> = () => 200) {
  const received: Received[] = []
  const connections = new Map<unknown, number>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const url = new URL(request.url ?? '', 'http://receiver')
      if (!connections.has(request.socket)) connections.set(request.socket, connections.size + 1)
      const one: Received = {
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>,
        at: Date.now(),
        connection: connections.get(request.socket) ?? 0,
      }
      received.push(one)
      const status = await answer(one)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end('{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    commands: () => received.map((one) => String(one.body['CallbackCommand'])),
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>

/** Asks again and again until the answer is there. */
export async function eventually<T>(ask: () => T | undefined | false | Promise<T | undefined | false>, deadlineMs = 5000): Promise<T> {
  for (const end = Date.now() + deadlineMs; ; await sleep(10)) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > end) throw new Error('it did not come to pass')
  }
}
