import { createConnection, type AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { Problem } from '#platform'
import { eventually } from '../../../test/support/eventually.js'
import { createLineSender, type SendLinesOptions } from '../src/audit/export/send-lines.js'

let fastify: FastifyInstance
afterEach(() => fastify.close())

interface Served {
  readonly url: string
  readonly port: number
  /** How many lines were made. */
  readonly made: () => number
  readonly open: () => number
  readonly stop: () => void
}

/** Sends lines of 1,000 characters, so many of them, or until it fails. */
const serve = async (lines: number, options: Partial<SendLinesOptions> & { readonly failsAt?: number } = {}): Promise<Served> => {
  const stopping = new AbortController()
  const sender = createLineSender({ stopping: stopping.signal, ...options })
  let made = 0
  const make = async function* () {
    for (let n = 0; n < lines; n += 1) {
      if (n === options.failsAt) throw new Error('the store is away')
      made += 1
      yield `${String(n).padEnd(999, 'x')}\n`
    }
  }
  fastify = Fastify({ forceCloseConnections: true })
  fastify.get('/', async (request, reply) => {
    try {
      await sender.send(request, reply, make(), { 'Content-Type': 'text/plain' })
    } catch (error) {
      if (error instanceof Problem) return reply.status(error.status).send()
      throw error
    }
  })
  await fastify.listen({ port: 0, host: '127.0.0.1' })
  const { port } = fastify.server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, port, made: () => made, open: sender.open, stop: () => stopping.abort() }
}

/** Asks, and reads nothing of the answer. */
const neverReads = (port: number) => {
  const socket = createConnection(port, '127.0.0.1').pause()
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  return socket
}

describe('sending lines', () => {
  it('given a reader, then it is given them all', async () => {
    const { url, open } = await serve(1_000)
    const text = await (await fetch(url)).text()
    expect([text.length, text.slice(-1000, -995)]).toEqual([1_000_000, '999xx'])
    expect(open()).toBe(0)
  })

  it('given a reader who takes nothing, then no more is made than fits on the way, and he is dropped', async () => {
    const { port, made, open } = await serve(1_000_000, { patienceMs: 300 })
    const socket = neverReads(port)
    await eventually(open, (now) => now === 1)
    await eventually(open, (now) => now === 0)
    // Sockets hold some megabytes on their way.
    expect(made()).toBeLessThan(30_000)
    socket.destroy()
  })

  it('given that it fails midway, then the answer is broken off, not ended', async () => {
    const broken: unknown[] = []
    const { url } = await serve(1_000, { failsAt: 500, onBroken: (error) => broken.push(error) })
    await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow('terminated')
    expect(broken).toEqual([expect.objectContaining({ message: 'the store is away' })])
  })

  it('given that the service stops, then what is under way is broken off', async () => {
    const { port, open, stop } = await serve(1_000_000)
    const socket = neverReads(port)
    await eventually(open, (now) => now === 1)
    stop()
    await eventually(open, (now) => now === 0)
    socket.destroy()
  })

  it('given more than are allowed at a time, then the next one is refused', async () => {
    const { url, port, open } = await serve(1_000_000, { most: 1 })
    const socket = neverReads(port)
    await eventually(open, (now) => now === 1)
    expect((await fetch(url)).status).toBe(503)
    socket.destroy()
    await eventually(open, (now) => now === 0)
  })
})
