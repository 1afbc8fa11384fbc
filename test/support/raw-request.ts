import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A connection on which anything can be said, past every HTTP client's own idea of what may be. */
export const openSocket = async (url: string): Promise<Socket> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  return socket
}

/** What comes until the other side ends, or cuts off, the connection. */
export const heard = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = ''
    socket.setEncoding('latin1').on('data', (part: string) => (text += part))
    socket.on('error', () => undefined).on('close', () => resolve(text))
  })

export interface RawAnswer {
  /** 0 when nothing that looks like HTTP came. */
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Sends bytes as they are, a character each, and reads what comes. The request should ask for `Connection: close`. */
export const sendRaw = async (url: string, text: string): Promise<RawAnswer> => {
  const socket = await openSocket(url)
  const answer = heard(socket)
  socket.write(Buffer.from(text, 'latin1'))
  const [head = '', body = ''] = (await answer).split(/\r\n\r\n(.*)/s)
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0), head, body }
}

/** One GET, its path and headers as they are given. */
export const getRaw = (url: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> => {
  const lines = Object.entries({ Host: new URL(url).host, Connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}`)
  return sendRaw(url, [`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'))
}
