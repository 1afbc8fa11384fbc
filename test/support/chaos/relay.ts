import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Agent, request } from 'undici'

/** One request and what its sender saw come back. Times are milliseconds of one clock. */
export interface Exchange {
  readonly path: string
  readonly body: string
  readonly sentAt: number
  answeredAt?: number
  /** Left out: no answer, or nobody waited for it any more. */
  status?: number
}

/** Stands between two programs and writes down what they say to each other; it adds nothing and holds nothing back. */
export interface Relay {
  readonly url: string
  readonly exchanges: readonly Exchange[]
  /** Whether every request was answered or given up. */
  idle(): boolean
  close(): Promise<void>
}

/**
 * @param target where the next request goes
 * @param around told of each request before it goes on; what it returns is waited for before the answer does.
 */
export const createRelay = async (
  target: () => string,
  around: (path: string, body: string) => Promise<(() => Promise<unknown>) | undefined> = async () => undefined,
): Promise<Relay> => {
  const agent = new Agent({ connections: 128, pipelining: 1 })
  const exchanges: Exchange[] = []
  let underWay = 0

  const forward = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sentAt = performance.now()
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const path = incoming.url!
    const body = await text(incoming)
    const exchange: Exchange = { path, body, sentAt }
    exchanges.push(exchange)
    const hold = await around(path, body)
    const answer = await request(target() + path, {
      method: 'POST',
      headers: { 'content-type': incoming.headers['content-type'] ?? 'application/json' },
      body,
      dispatcher: agent,
      signal: gone.signal,
    })
    const answered = await answer.body.text()
    await hold?.()
    if (gone.signal.aborted) return
    exchange.status = answer.statusCode
    exchange.answeredAt = performance.now()
    response.writeHead(answer.statusCode, { 'content-type': String(answer.headers['content-type'] ?? 'text/plain') }).end(answered)
  }

  const server = createServer((incoming, response) => {
    underWay += 1
    void forward(incoming, response)
      // Whoever does not answer is passed on as such: the line is cut.
      .catch(() => response.destroy())
      .finally(() => (underWay -= 1))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    idle: () => underWay === 0,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await agent.destroy()
    },
  }
}
