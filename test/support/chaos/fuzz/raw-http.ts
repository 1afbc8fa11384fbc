import { connect, type Socket } from 'node:net'

/** A request as it goes over the line: nothing is checked, escaped or completed. */
export interface RawRequest {
  readonly method: string
  readonly path: string
  /** A name may come twice. `Host` and `Content-Length` are added unless they stand here. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Buffer
  /** It leaves the connection in a state in which nothing more can be said, or makes the server end it. */
  readonly ends?: boolean
}

export interface RawAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** What a server did instead of answering. */
export type Silence = 'cut' | 'late'

const patienceMs = 30_000

/** A connection that is kept open for as long as the server keeps it, and opened anew when it does not. One request at a time. */
export const createRawClient = (host: string, port: number) => {
  let socket: Socket | undefined
  let received = Buffer.alloc(0)
  let changed: () => void = () => undefined

  const open = (): Socket => {
    if (socket && !socket.destroyed && socket.writable && !socket.readableEnded) return socket
    socket?.destroy()
    received = Buffer.alloc(0)
    const opened = connect({ host, port })
    opened.on('data', (chunk) => {
      if (opened !== socket) return
      received = Buffer.concat([received, chunk])
      changed()
    })
    // A line that breaks shows as one that is closed.
    opened.on('error', () => undefined)
    opened.on('close', () => opened === socket && changed())
    return (socket = opened)
  }

  const answerTo = (method: string): { answer: RawAnswer; length: number } | undefined => {
    for (let from = 0; ;) {
      const end = received.indexOf('\r\n\r\n', from)
      if (end < 0) return undefined
      const [line = '', ...lines] = received.subarray(from, end).toString('latin1').split('\r\n')
      const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1])
      from = end + 4
      if (status >= 100 && status < 200) continue
      const headers = new Map(
        lines.map((text) => [text.slice(0, text.indexOf(':')).toLowerCase(), text.slice(text.indexOf(':') + 1).trim()]),
      )
      const body = bodyOf(received.subarray(from), headers, method === 'HEAD' || status === 204 || status === 304)
      return body && { answer: { status, headers, body: body.text }, length: from + body.length }
    }
  }

  return {
    send: async ({ method, path, headers, body, ends = false }: RawRequest): Promise<RawAnswer | Silence> => {
      const line = open()
      const named = (name: string): boolean => headers.some(([given]) => given.toLowerCase() === name)
      const all = [
        ...(named('host') ? [] : [['Host', `${host}:${port}`] as const]),
        ...headers,
        ...(body && !named('content-length') && !named('transfer-encoding') ? [['Content-Length', String(body.length)] as const] : []),
      ]
      const head = `${method} ${path} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
      line.write(Buffer.concat([Buffer.from(head, 'latin1'), body ?? Buffer.alloc(0)]))
      const deadline = performance.now() + patienceMs
      for (;;) {
        const found = answerTo(method)
        if (found) {
          received = received.subarray(found.length)
          if (ends || found.answer.headers.get('connection') === 'close') line.destroy()
          return found.answer
        }
        if (line.destroyed || line.readableEnded) return 'cut'
        const left = deadline - performance.now()
        if (left <= 0) {
          line.destroy()
          return 'late'
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left)
          changed = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
    },
    close: (): void => void socket?.destroy(),
  }
}

const bodyOf = (rest: Buffer, headers: ReadonlyMap<string, string>, none: boolean): { text: string; length: number } | undefined => {
  if (none) return { text: '', length: 0 }
  if (headers.get('transfer-encoding') !== 'chunked') {
    const length = Number(headers.get('content-length') ?? 0)
    return rest.length < length ? undefined : { text: rest.subarray(0, length).toString(), length }
  }
  const parts: Buffer[] = []
  for (let at = 0; ;) {
    const end = rest.indexOf('\r\n', at)
    if (end < 0) return undefined
    const size = Number.parseInt(rest.subarray(at, end).toString('latin1'), 16)
    if (rest.length < end + 2 + size + 2) return undefined
    parts.push(rest.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
    if (size === 0) return { text: Buffer.concat(parts).toString(), length: at }
  }
}
