import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedCall {
  readonly command: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
  readonly at: number
}

/** What the server does about one call: an envelope's fields, or anything at all. */
export type Behaviour = object | ((response: ServerResponse, request: IncomingMessage) => void)

export const ok = (Response?: object): object => ({
  ActionStatus: 'OK',
  ErrorCode: 0,
  ErrorInfo: '',
  RequestId: 'r-1',
  ...(Response && { Response }),
})
export const fail = (ErrorCode: number, ErrorInfo = 'no'): object => ({ ActionStatus: 'FAIL', ErrorCode, ErrorInfo, RequestId: 'r-2' })

/** A server in the vendor's place. The calls get the behaviours in turn; the last one stays. */
export const startVendor = async (...behaviours: Behaviour[]) => {
  const calls: ReceivedCall[] = []
  let connections = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
      calls.push({ command: pathname.split('/').at(-1) ?? '', path: pathname, query: searchParams, body, at: performance.now() })
      const behaviour = behaviours[Math.min(calls.length, behaviours.length) - 1] ?? ok()
      if (typeof behaviour === 'function') behaviour(response, request)
      else response.setHeader('content-type', 'application/json').end(JSON.stringify(behaviour))
    })
  })
  server.on('connection', () => (connections += 1))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    connections: () => connections,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
export type VendorServer = Awaited<ReturnType<typeof startVendor>>
